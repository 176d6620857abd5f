"""What waits for colleagues around partners, out of its present state (see prm.waiting)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import (
    ApplicationReviewer,
    Conversation,
    Group,
    GroupHold,
    GroupMember,
    JourneyStep,
    LikelyDouble,
    Milestone,
    PartnerApplication,
    ProposedValue,
    Task,
    TierAppeal,
    TierMove,
)
from partners.queries.answering import answered_by
from partners.queries.group_health import FEWEST_MEMBERS
from partners.queries.milestones import FRESH, title_of
from partners.queries.my_announcements import people_to_confirm
from partners.queries.todo import TASKS
from partners.queries.week import leads_asked, leads_with_notices, people_with_steps
from prm.accounts.models import Membership
from prm.addresses import address
from prm.inbound.models import InboundMail
from prm.waiting import Awaited, WaitingSource, Words

_DAY = timedelta(days=1)


# ── Tasks by hand ───────────────────────────────────────────────────────────────────────────────────────────────────


def _tasks(_membership_id: int, _now: datetime) -> QuerySet[Task]:
    rows: QuerySet[Task] = Task.objects.open()
    return rows


def _own_tasks(membership_id: int) -> Q:
    """Given to the colleague; given to nobody who is still here, of the partners they manage or, of none, by them."""
    nobody = Q(assignee=None) | ~Q(assignee__state=Membership.State.ACTIVE)
    about = Q(partner__account_manager=membership_id) | Q(partner__account_manager=None, created_by=membership_id)
    return Q(assignee=membership_id) | nobody & about


def _task(told: Mapping[str, Any]) -> Words:
    return Words(told["title"], address("task_edit", told["public_id"]), _("Open"))


# ── Conversations ───────────────────────────────────────────────────────────────────────────────────────────────────


def _conversations(membership_id: int, now: datetime) -> QuerySet[Conversation]:
    """Those that wait for us, each with whether it is this colleague's to answer today."""
    today = Cast(Value(now, DateTimeField()), DateField())
    rows: QuerySet[Conversation] = Conversation.objects.open()
    return rows.annotate(is_to_answer=ExpressionWrapper(answered_by(membership_id, today), BooleanField()))


def _conversation(told: Mapping[str, Any]) -> Words:
    kind = str(Conversation.Kind(told["kind"]).label)
    return Words(told["subject"], address("conversation_detail", told["public_id"]), _("Answer"), kind)


def _mails_aside(_membership_id: int, _now: datetime) -> QuerySet[InboundMail]:
    rows: QuerySet[InboundMail] = InboundMail.objects.waiting()
    return rows


def _mail_aside(told: Mapping[str, Any]) -> Words:
    sender = told["sender"] or _("nobody")
    return Words(_("A mail from %s could not be placed") % sender, address("inbound_list"), _("Look"), told["subject"])


# ── Journeys ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _steps(_membership_id: int, _now: datetime) -> QuerySet[JourneyStep]:
    rows: QuerySet[JourneyStep] = JourneyStep.objects.open().filter(
        side=JourneyStep.Side.STAFF, journey__partner__archived_at=None
    )
    return rows.annotate(since=Coalesce("opened_at", "journey__started_at"))


def _own_steps(membership_id: int) -> Q:
    """As `journeys.todo.staff_steps`, but for those of partners that nobody manages."""
    nobody = Q(doer=None) | ~Q(doer__state=Membership.State.ACTIVE)
    return Q(doer=membership_id) | nobody & Q(journey__partner__account_manager=membership_id)


def _step(told: Mapping[str, Any]) -> Words:
    return Words(told["title"], address("journey_step", told["journey"], told["public_id"]), _("Do it"), told["name"])


# ── Data and records ────────────────────────────────────────────────────────────────────────────────────────────────


def _proposals(_membership_id: int, _now: datetime) -> QuerySet[ProposedValue]:
    rows: QuerySet[ProposedValue] = ProposedValue.objects.waiting()
    return rows


def _proposal(_told: Mapping[str, Any]) -> Words:
    return Words(_("Changed its data: judge it"), address("proposal_list"), _("Decide"))


def _doubles(_membership_id: int, _now: datetime) -> QuerySet[LikelyDouble]:
    rows: QuerySet[LikelyDouble] = LikelyDouble.objects.waiting()
    return rows


def _double(told: Mapping[str, Any]) -> Words:
    title = _("Is it the same company as %s?") % told["other"]
    return Words(title, address("duplicate_list"), _("Compare"))


# ── Groups ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _groups(_membership_id: int, now: datetime) -> QuerySet[Group]:
    """Groups whose rule cannot be followed, or whose review is overdue."""
    today = Cast(Value(now, DateTimeField()), DateField())
    return Group.objects.listed().filter(~Q(rule_problem="") | Q(review_on__lt=today))


def _group(told: Mapping[str, Any]) -> Words:
    if told["problem"]:
        return Words(
            _("The rule cannot be followed"), address("group_rule", told["public_id"]), _("Mend"), told["name"]
        )
    return Words(_("Review the group"), address("group_review", told["public_id"]), _("Review"), told["name"])


# So long a new group is left in peace.
_YOUNG = timedelta(days=14)


def _doubtful(now: datetime) -> QuerySet[Group]:
    """Groups of which the list of groups says that nobody knows what they are for, that they are too small, or that
    their partners were never told."""
    present = GroupMember.objects.open().filter(partner__archived_at=None, partner__is_test=False, group=OuterRef("pk"))
    few = ~Exists(present.order_by("pk")[FEWEST_MEMBERS - 1 : FEWEST_MEMBERS])
    untold = Q(Exists(present), told_at=None)
    since = ExpressionWrapper(Value(now, DateTimeField()) - Value(_YOUNG), DateTimeField())
    rows: QuerySet[Group] = Group.objects.listed().filter(created_at__lt=since)
    return rows.filter(Q(purpose="") | Q(owner=None) | Q(few) | untold)


def _advice(_membership_id: int, now: datetime) -> QuerySet[Any]:
    """One line for each owner, in the place of their oldest doubtful group."""
    older = _doubtful(now).annotate(whose=Coalesce("owner_id", 0))
    older = older.filter(whose=Coalesce(OuterRef("owner_id"), 0), pk__lt=OuterRef("pk"))
    return _doubtful(now).filter(~Exists(older))


def _advised(_told: Mapping[str, Any]) -> Words:
    return Words(_("Groups of yours raise questions"), address("group_health"), _("Look"))


def _holds(_membership_id: int, _now: datetime) -> QuerySet[GroupHold]:
    rows: QuerySet[GroupHold] = GroupHold.objects.waiting()
    return rows


def _hold(told: Mapping[str, Any]) -> Words:
    return Words(_("Moves by its rule wait"), address("group_hold", told["group"]), _("Decide"), told["name"])


# ── Tiers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _rises(_membership_id: int, _now: datetime) -> QuerySet[TierMove]:
    rows: QuerySet[TierMove] = TierMove.objects.rises().filter(
        state=TierMove.State.WAITING, ladder__archived_at=None, partner__archived_at=None
    )
    return rows


def _rise(told: Mapping[str, Any]) -> Words:
    return Words(_("Rise to %s") % told["tier"], address("ladder_approvals", told["ladder"]), _("Decide"), told["name"])


def _notices(_membership_id: int, _now: datetime) -> QuerySet[TierMove]:
    """Partners that will hear by themselves that their tier is at risk, unless somebody calls before."""
    rows: QuerySet[TierMove] = TierMove.objects.drops().filter(
        state=TierMove.State.PREPARED, ladder__archived_at=None, partner__archived_at=None
    )
    return rows


def _notice(told: Mapping[str, Any]) -> Words:
    title = _("Will hear that its tier %s is at risk: call first") % told["tier"]
    return Words(title, address("ladder_notices", told["ladder"]), _("Look"), told["name"])


def _appeals(_membership_id: int, _now: datetime) -> QuerySet[TierAppeal]:
    return TierAppeal.objects.filter(answered_at=None, move__partner__archived_at=None)


def _appeal(told: Mapping[str, Any]) -> Words:
    title = _("Appeals against losing %s") % told["tier"]
    return Words(title, address("appeal_answer", told["public_id"]), _("Answer"), told["name"])


# ── Milestones ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _milestones(_membership_id: int, now: datetime) -> QuerySet[Milestone]:
    """Those that nobody has congratulated on, as long as they are news."""
    since = ExpressionWrapper(Value(now, DateTimeField()) - Value(FRESH), DateTimeField())
    rows: QuerySet[Milestone] = Milestone.objects.filter(
        congratulated_at=None, reached_at__gt=since, partner__archived_at=None
    )
    return rows


def _milestone(told: Mapping[str, Any]) -> Words:
    title = title_of(Milestone(kind=told["kind"], about=told["about"], occasion=told["occasion"]))
    return Words(_("Congratulate: %s") % title, address("milestone_list"), _("Look"))


# ── Recruitment ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _applications(_membership_id: int, _now: datetime) -> QuerySet[PartnerApplication]:
    """Those in which the next step is a colleague's, due after as many days as the call promises."""
    promised = ExpressionWrapper(F("call__answer_days") * Value(_DAY), DateTimeField())
    due = ExpressionWrapper(F("submitted_at") + promised, DateTimeField())
    rows: QuerySet[PartnerApplication] = PartnerApplication.objects.waiting().annotate(due=due)
    return rows


def _own_applications(membership_id: int) -> Q:
    """Those that a colleague was asked to look at, and those that are nobody's yet."""
    reviewers = ApplicationReviewer.objects.filter(application=OuterRef("pk"))
    return Q(Exists(reviewers.filter(membership=membership_id))) | ~Q(Exists(reviewers))


def _application(told: Mapping[str, Any]) -> Words:
    title = _("%s wants to become a partner") % (told["company"] or _("A company without a name"))
    return Words(title, address("partner_application_detail", told["public_id"]), _("Screen"), told["call"])


SOURCES = (
    WaitingSource(
        TASKS,
        gettext_lazy("Tasks"),
        "square-check-big",
        "studio.enter",
        _tasks,
        _task,
        since="created_at",
        tells={"title": "title", "public_id": "public_id"},
        due="due_on",
        is_due_day=True,
        partner="partner",
        doer="assignee",
        mine=_own_tasks,
        order=10,
    ),
    WaitingSource(
        "partners.conversations",
        gettext_lazy("Conversations"),
        "message-circle",
        "conversations.answer",
        _conversations,
        _conversation,
        since="waiting_since",
        tells={"public_id": "public_id", "subject": "subject", "kind": "kind"},
        due="due_at",
        partner="partner",
        doer="responsible",
        mine=lambda _membership_id: Q(is_to_answer=True),
        order=15,
    ),
    WaitingSource(
        "partners.mails_aside",
        gettext_lazy("Mails set aside"),
        "mail-question-mark",
        "conversations.answer",
        _mails_aside,
        _mail_aside,
        since="received_at",
        tells={"sender": "sender", "subject": "subject"},
        order=16,
    ),
    WaitingSource(
        "partners.steps",
        gettext_lazy("Steps of journeys"),
        "milestone",
        "partners.manage",
        _steps,
        _step,
        since="since",
        tells={
            "title": "title",
            "public_id": "public_id",
            "journey": "journey__public_id",
            "name": "journey__template__name",
        },
        due="due_on",
        is_due_day=True,
        partner="journey__partner",
        doer="doer",
        mine=_own_steps,
        order=20,
    ),
    WaitingSource(
        "partners.proposals",
        gettext_lazy("Changes by partners"),
        "table-properties",
        "partners.manage",
        _proposals,
        _proposal,
        since="proposed_at",
        tells={"public_id": "public_id"},
        partner="partner",
        order=30,
    ),
    WaitingSource(
        "partners.doubles",
        gettext_lazy("Likely doubles"),
        "copy-check",
        "partners.manage",
        _doubles,
        _double,
        since="found_at",
        tells={"other": "second__name"},
        partner="first",
        order=90,
    ),
    WaitingSource(
        "partners.groups",
        gettext_lazy("Groups"),
        "layers",
        "partners.manage",
        _groups,
        _group,
        since="created_at",
        tells={"public_id": "public_id", "name": "name", "problem": "rule_problem"},
        due="review_on",
        is_due_day=True,
        doer="owner",
        mine=lambda membership_id: Q(owner=membership_id) | Q(owner=None),
        order=60,
    ),
    WaitingSource(
        "partners.group_advice",
        gettext_lazy("Groups that raise questions"),
        "heart-pulse",
        "partners.manage",
        _advice,
        _advised,
        since="created_at",
        tells={"public_id": "public_id"},
        doer="owner",
        mine=lambda membership_id: Q(owner=membership_id) | Q(owner=None),
        order=95,
    ),
    WaitingSource(
        "partners.holds",
        gettext_lazy("Moves of groups"),
        "layers",
        "partners.manage",
        _holds,
        _hold,
        since="held_at",
        tells={"group": "group__public_id", "name": "group__name"},
        doer="group__owner",
        mine=lambda membership_id: Q(group__owner=membership_id) | Q(group__owner=None),
        order=50,
    ),
    WaitingSource(
        "partners.rises",
        gettext_lazy("Rises to a tier"),
        "medal",
        "partners.manage",
        _rises,
        _rise,
        since="began_at",
        tells={"tier": "to_tier__name", "ladder": "ladder__public_id", "name": "ladder__name"},
        partner="partner",
        order=40,
    ),
    WaitingSource(
        "partners.notices",
        gettext_lazy("Tiers at risk"),
        "medal",
        "partners.manage",
        _notices,
        _notice,
        since="began_at",
        tells={"tier": "from_tier__name", "ladder": "ladder__public_id", "name": "ladder__name"},
        due="tell_at",
        partner="partner",
        order=41,
    ),
    WaitingSource(
        "partners.appeals",
        gettext_lazy("Appeals"),
        "medal",
        "partners.manage",
        _appeals,
        _appeal,
        since="sent_at",
        tells={"tier": "move__from_tier__name", "public_id": "public_id", "name": "ladder__name"},
        due="answer_due_at",
        partner="move__partner",
        order=42,
    ),
    WaitingSource(
        "partners.milestones",
        gettext_lazy("Milestones"),
        "flag",
        "partners.manage",
        _milestones,
        _milestone,
        since="reached_at",
        tells={"kind": "kind", "about": "about", "occasion": "occasion"},
        partner="partner",
        order=85,
    ),
    WaitingSource(
        "partners.applications",
        gettext_lazy("Applications to become a partner"),
        "user-search",
        "recruitment.view",
        _applications,
        _application,
        since="submitted_at",
        tells={"public_id": "public_id", "company": "company", "call": "call__title"},
        due="due",
        mine=_own_applications,
        order=70,
    ),
)

AWAITED = (
    Awaited("partners.steps", people_with_steps),
    Awaited("partners.notices", leads_with_notices),
    Awaited("partners.asked", leads_asked),
    Awaited("partners.announcements", people_to_confirm),
)
