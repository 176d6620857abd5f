"""What is written once and reaches many partners' people: in the portal, by mail, or both."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.audiences import Audience
from partners.models.partners import Partner
from partners.models.saved_views import LONGEST_QUERY
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned, TenantRow
from prm.tenancy.states import Machine

LONGEST_REGION = 80


class AnnouncementQuerySet(TenantQuerySet["Announcement"]):
    def sent(self) -> Self:
        return self.filter(state=Announcement.State.SENT)

    def due(self, now: datetime) -> Self:
        """What was planned for a moment that has come."""
        return self.filter(state=Announcement.State.SCHEDULED, due_at__lte=now)

    def latest_first(self) -> Self:
        return self.order_by("-written_at", "-pk")


AnnouncementManager = TenantManager.from_queryset(AnnouncementQuerySet)


class Announcement(Edited, TenantOwned):
    """A message of one colleague to partners' people. Moves by `ANNOUNCEMENT_MACHINE`.

    It is for whoever is in one of its audiences or `regions`, in what `view_query` narrows the list of partners to, or
    at a partner chosen by hand; `readers` says whether their leads only. A scheduled one is sent at `due_at`. `told`
    says in words whom it was sent to, `sent_to` to how many people; `changed_at` when its words were corrected since.
    `problem` says why it could not be sent and is a draft again.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        SENT = "sent", _("Sent")
        WITHDRAWN = "withdrawn", _("Taken back")

    class Readers(models.TextChoices):
        LEADS = "leads", _("Leads only")
        EVERYBODY = "everybody", _("Everybody there")

    class Topic(models.TextChoices):
        MESSAGE = "message", _("Message")
        LAUNCH = "launch", _("Launch")
        COHORT = "cohort", _("Coming cohort")
        RULES = "rules", _("Changed rules")
        WIN = "win", _("Win")
        ANSWER = "answer", _("You said, we did")

    subject = models.CharField(_("subject"), max_length=120)
    body = models.TextField(_("text"), max_length=5000)
    topic = models.CharField(_("what it is about"), max_length=10, choices=Topic, default=Topic.MESSAGE)
    readers = models.CharField(_("who at each partner"), max_length=10, choices=Readers, default=Readers.LEADS)
    is_mailed = models.BooleanField(_("by mail, too"), default=True)
    asks = models.BooleanField(_("ask everybody to confirm"), default=False)
    regions = ArrayField(models.CharField(max_length=LONGEST_REGION), default=list, blank=True)
    view_query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    view_name = models.CharField(max_length=80, blank=True)
    is_for_all = models.BooleanField(default=False)
    told = models.CharField(_("for whom"), max_length=300, blank=True)
    sent_to = models.PositiveIntegerField(_("people"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, db_collation="C")
    problem = models.CharField(max_length=300, blank=True)
    written_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written at"))
    due_at = models.DateTimeField(_("sent from"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    changed_at = models.DateTimeField(_("corrected at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = AnnouncementManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(due_at__isnull=False), name="partners_announcement_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-written_at"], name="partners_announcement_newest"),
            models.Index(
                fields=["organization", "due_at"], condition=Q(state="scheduled"), name="partners_announcement_due"
            ),
            models.Index(
                fields=["organization", "-sent_at"], condition=Q(state="sent"), name="partners_announcement_sent"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


ANNOUNCEMENT_MACHINE = Machine(
    "announcement",
    "state",
    {
        "schedule": (("draft",), "scheduled"),
        "stop": (("scheduled",), "draft"),
        "send": (("scheduled",), "sent"),
        "withdraw": (("sent",), "withdrawn"),
    },
)


class AnnouncementAudience(TenantRow):
    """An audience that an announcement is for."""

    announcement = TenantForeignKey(Announcement, on_delete=models.CASCADE, related_name="rules", index=False)
    audience = TenantForeignKey(Audience, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantRow.Meta):
        verbose_name = _("audience of an announcement")
        verbose_name_plural = _("audiences of announcements")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "announcement", "audience"], name="partners_announcementaudience_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.audience_id} of {self.announcement_id}"


class AnnouncementPartner(TenantRow):
    """A partner that was chosen by hand for an announcement."""

    announcement = TenantForeignKey(Announcement, on_delete=models.CASCADE, related_name="chosen", index=False)
    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantRow.Meta):
        verbose_name = _("partner of an announcement")
        verbose_name_plural = _("partners of announcements")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "announcement", "partner"], name="partners_announcementpartner_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} of {self.announcement_id}"


class AnnouncementReader(TenantRow):
    """A person whom an announcement reached: when it was sent, or later by opening it in the portal."""

    announcement = TenantForeignKey(Announcement, on_delete=models.CASCADE, related_name="reached", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    was_sent = models.BooleanField(default=False)
    opened_at = models.DateTimeField(_("read at"), null=True)
    acknowledged_at = models.DateTimeField(_("confirmed at"), null=True)

    class Meta(TenantRow.Meta):
        verbose_name = _("reader of an announcement")
        verbose_name_plural = _("readers of announcements")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "announcement", "membership"], name="partners_announcementreader_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} of {self.announcement_id}"
