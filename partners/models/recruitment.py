from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.groups import Group
from prm.accounts.models import Membership
from prm.accounts.tokens import derive
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned, TenantRow
from prm.tenancy.states import Machine


class DeclineReason(models.TextChoices):
    """Why a company is not taken on; each has words of its own to the applicant."""

    TOO_SMALL = "too_small", _("Too small for now")
    OTHER_REGION = "other_region", _("Other region")
    NO_CAPACITY = "no_capacity", _("We have no capacity now")
    OVERLAP = "overlap", _("Overlap with present partners")
    SKILLS = "skills", _("Skills are missing")
    OTHER = "other", _("Another reason")


class RecruitmentCallQuerySet(TenantQuerySet["RecruitmentCall"]):
    def open_on(self, day: date) -> Self:
        """Those that take applications on this day."""
        begun = Q(opens_on=None) | Q(opens_on__lte=day)
        return self.filter(begun, Q(closes_on=None) | Q(closes_on__gte=day), state=RecruitmentCall.State.OPEN)

    def by_title(self) -> Self:
        return self.order_by("title", "pk")


RecruitmentCallManager = TenantManager.from_queryset(RecruitmentCallQuerySet)


class RecruitmentCall(Edited, TenantOwned):
    """A public page on which companies apply to become a partner: of the organization, or of one group of it.

    `questions`, `profile` and `checklist` are lists of plain values, read by `partners.recruiting`. The profile has
    a version of its own, so that a score says by which one it was made. `wordings` are the organization's own words
    of declines by reason; a reason without any is told in the house's words.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    title = models.CharField(_("title"), max_length=120)
    group = TenantForeignKey(
        Group, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("for the group")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    opens_on = models.DateField(_("open from"), null=True, blank=True)
    closes_on = models.DateField(_("open until"), null=True, blank=True)
    why = models.TextField(_("why partner with us"), blank=True, max_length=2000)
    gains = models.TextField(_("what you get"), blank=True, max_length=2000)
    expectations = models.TextField(_("what we expect"), blank=True, max_length=2000)
    questions = models.JSONField(default=list)
    profile = models.JSONField(default=list)
    profile_version = models.PositiveIntegerField(default=1, editable=False)
    checklist = models.JSONField(default=list)
    wordings = models.JSONField(default=dict)
    account_manager = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("who takes over")
    )
    answer_days = models.PositiveSmallIntegerField(_("days until we answer"), default=14)
    reapply_months = models.PositiveSmallIntegerField(_("months until they may apply again"), default=6)
    keep_months = models.PositiveSmallIntegerField(_("months that declined applications are kept"), default=12)
    created_at = models.DateTimeField(_("made at"))

    objects = RecruitmentCallManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("call for partners")
        verbose_name_plural = _("calls for partners")
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="partners_recruitmentcall_period",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_open_on(self, day: date) -> bool:
        begun = self.opens_on is None or self.opens_on <= day
        return self.state == self.State.OPEN and begun and (self.closes_on is None or day <= self.closes_on)


class RecruitmentTarget(TenantRow):
    """A group into which accepted applicants of a call come, beside the one that the call is for."""

    call = TenantForeignKey(RecruitmentCall, on_delete=models.CASCADE, related_name="targets", index=False)
    group = TenantForeignKey(Group, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantRow.Meta):
        verbose_name = _("group of accepted applicants")
        verbose_name_plural = _("groups of accepted applicants")
        constraints = [
            models.UniqueConstraint(fields=["organization", "call", "group"], name="partners_recruitmenttarget_once"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} of {self.call_id}"


class CallReviewer(TenantRow):
    """A colleague among whom new applications of a call are spread."""

    call = TenantForeignKey(RecruitmentCall, on_delete=models.CASCADE, related_name="reviewers", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantRow.Meta):
        verbose_name = _("reviewer of a call")
        verbose_name_plural = _("reviewers of calls")
        constraints = [
            models.UniqueConstraint(fields=["organization", "call", "membership"], name="partners_callreviewer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} of {self.call_id}"


class PartnerApplicationQuerySet(TenantQuerySet["PartnerApplication"]):
    def running(self) -> Self:
        """Not decided and not withdrawn; a draft included."""
        return self.filter(state__in=PartnerApplication.RUNNING)

    def submitted(self) -> Self:
        return self.exclude(state=PartnerApplication.State.DRAFT)

    def waiting(self) -> Self:
        """Those in which the next step is a colleague's."""
        return self.filter(state__in=PartnerApplication.OURS)

    def undecided(self) -> Self:
        return self.filter(state__in=PartnerApplication.UNDECIDED)


PartnerApplicationManager = TenantManager.from_queryset(PartnerApplicationQuerySet)


class PartnerApplication(Edited, TenantOwned):
    """A company's application to become a partner. It becomes a `Partner` only when it is accepted.

    The applicant has no account: whoever holds the link that was mailed to `email` is the applicant. `token_digest` is
    the hash of the link's token, which is derived from `nonce` when a mail is sent. `company` and `domain` repeat what
    the answers say, for lists. `score` is out of 100 and None where nothing could be judged; `score_parts` is how it
    came about, by `score_version` of the call's profile. `erased_at` says when everything about the people was
    forgotten; what is counted stays.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        NEW = "new", _("New")
        SCREENING = "screening", _("Screening")
        QUESTION = "question", _("Question open")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    OURS = (State.NEW, State.SCREENING)
    UNDECIDED = (State.NEW, State.SCREENING, State.QUESTION)
    RUNNING = (State.DRAFT, *UNDECIDED)
    ENDED = (State.ACCEPTED, State.DECLINED, State.WITHDRAWN)

    call = TenantForeignKey(RecruitmentCall, on_delete=models.PROTECT, related_name="applications", index=False)
    state = models.CharField(_("stage"), max_length=10, choices=State, default=State.DRAFT, db_collation="C")
    email = models.EmailField(_("e-mail address"), blank=True)
    contact_name = models.CharField(_("name"), max_length=120, blank=True)
    company = models.CharField(_("company"), max_length=120, blank=True)
    domain = models.CharField(_("domain"), max_length=253, blank=True, db_collation="C")
    searchable = models.CharField(max_length=400, blank=True, editable=False, db_collation="C")
    answers = models.JSONField(default=dict)
    source = models.CharField(_("how they came"), max_length=40, blank=True, db_collation="C")
    nonce = models.CharField(max_length=32, blank=True, editable=False)
    token_digest = models.CharField(max_length=64, blank=True, editable=False)
    sendings = models.PositiveSmallIntegerField(default=1, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    saved_at = models.DateTimeField(null=True, editable=False)
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    score_parts = models.JSONField(default=list)
    score_version = models.PositiveIntegerField(null=True, editable=False)
    done = models.JSONField(default=list)
    decline_reason = models.CharField(_("why not"), max_length=12, choices=DeclineReason, blank=True)
    wording = models.TextField(_("words to the applicant"), blank=True, max_length=4000)
    reapply_on = models.DateField(_("may apply again on"), null=True, blank=True)
    partner = TenantForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, index=False
    )
    created_at = models.DateTimeField(_("begun at"))
    submitted_at = models.DateTimeField(_("received at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("first answered at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects = PartnerApplicationManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("application to become a partner")
        verbose_name_plural = _("applications to become a partner")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "call", "email"],
                condition=Q(state__in=["draft", "new", "screening", "question"]) & ~Q(email=""),
                name="partners_partnerapplication_one_open",
            ),
            models.UniqueConstraint(
                fields=["organization", "token_digest"],
                condition=~Q(token_digest=""),
                name="partners_partnerapplication_token",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "call", "state", "submitted_at"], name="partners_application_by"),
            models.Index(fields=["organization", "state", "submitted_at", "id"], name="partners_application_in"),
            models.Index(
                fields=["organization", "state", "ended_at"],
                condition=Q(erased_at=None),
                name="partners_application_old",
            ),
        ]

    @property
    def token(self) -> str:
        """The token of the applicant's link. Derived when it is mailed, never stored."""
        return derive("partner_application", self.nonce)

    def __str__(self) -> str:
        return self.company or str(_("an application without a name"))

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_undecided(self) -> bool:
        return self.state in self.UNDECIDED

    def may_apply_again_on(self, day: date) -> bool:
        """Whether an ended application keeps nobody from a new one."""
        if self.state == self.State.DECLINED:
            return self.reapply_on is None or self.reapply_on <= day
        return self.state == self.State.WITHDRAWN


# Every way an application goes on.
APPLICATION_STAGES = Machine(
    "application to become a partner",
    "state",
    {
        "submit": (("draft",), "new"),
        "screen": (("new", "question"), "screening"),
        "put_back": (("screening", "question"), "new"),
        "ask": (("new", "screening"), "question"),
        "answer": (("question",), "screening"),
        "accept": (("new", "screening", "question"), "accepted"),
        "decline": (("new", "screening", "question"), "declined"),
        "withdraw": (("draft", "new", "screening", "question"), "withdrawn"),
    },
)


class ApplicationReviewer(TenantRow):
    """A colleague who looks at an application."""

    application = TenantForeignKey(PartnerApplication, on_delete=models.CASCADE, related_name="reviewers", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantRow.Meta):
        verbose_name = _("reviewer of an application")
        verbose_name_plural = _("reviewers of applications")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "application", "membership"], name="partners_applicationreviewer_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} of {self.application_id}"


class ApplicationComment(TenantOwned):
    """What colleagues say among themselves about an application. Nothing that an applicant sees ever reads it."""

    application = TenantForeignKey(PartnerApplication, on_delete=models.CASCADE, related_name="comments")
    author = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    text = models.TextField(_("comment"), max_length=2000)
    at = models.DateTimeField(_("at"))

    class Meta(TenantOwned.Meta):
        verbose_name = _("comment on an application")
        verbose_name_plural = _("comments on applications")

    def __str__(self) -> str:
        return str(self.application)


class ApplicationQuestion(TenantOwned):
    """Something more that an applicant was asked, and what they answered. Both sides read it."""

    application = TenantForeignKey(PartnerApplication, on_delete=models.CASCADE, related_name="asked")
    asked_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    text = models.TextField(_("question"), max_length=2000)
    asked_at = models.DateTimeField(_("asked at"))
    answer = models.TextField(_("answer"), blank=True, max_length=4000)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta(TenantOwned.Meta):
        verbose_name = _("question to an applicant")
        verbose_name_plural = _("questions to applicants")

    def __str__(self) -> str:
        return str(self.application)
