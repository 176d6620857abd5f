"""How a partner goes, out of what is known anyway, with each part's reason and what would mend it.

No score: a number of unlike parts would say nothing that its parts do not say better. The worst part decides.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.days import day_of
from partners.facets import Judged, Standing, health_sources
from partners.models import (
    Conversation,
    Journey,
    JourneyStep,
    Partner,
    PartnerUser,
    ProposedValue,
    TierMove,
    TierOutlook,
)
from prm.activity.models import Fact
from prm.addresses import address
from prm.tenancy.prepared import prepared

# Longer without anything that one of its people did, and somebody should ask.
SILENT = timedelta(days=60)
# A step that is this much over its day is no oversight any more.
LONG_OVERDUE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class PartRow:
    label: str
    standing: str
    words: str
    action: str
    url: str

    @property
    def tone(self) -> str:
        return TONES[self.standing]


@dataclass(frozen=True, slots=True)
class Health:
    """`standing` is that of the worst part, empty where nothing is known. `next_step` is the part to begin with."""

    standing: str
    parts: list[PartRow]
    next_step: PartRow | None

    @property
    def tone(self) -> str:
        return TONES.get(self.standing, "neutral")

    @property
    def label(self) -> str:
        words = {"good": _("Goes well"), "watch": _("Keep an eye on it"), "bad": _("Needs you now")}
        return words.get(self.standing, _("Nothing is known yet"))


TONES: dict[str, str] = {Standing.GOOD: "success", Standing.WATCH: "warning", Standing.BAD: "danger"}
_ORDER = (Standing.BAD, Standing.WATCH, Standing.GOOD)


def health_of(partner: Partner, now: datetime) -> Health:
    """Every part in its order; as many queries as there are sources."""
    told = [source.judge([partner.pk], now).get(partner.pk, ()) for source in health_sources.all()]
    rows = [_row(partner, judged) for judged in chain.from_iterable(told)]
    worst = next((standing for standing in _ORDER if any(row.standing == standing for row in rows)), None)
    mendable = (row for row in rows if row.standing == worst and row.action)
    next_step = next(mendable, None) if worst in (Standing.BAD, Standing.WATCH) else None
    return Health(str(worst) if worst else "", rows, next_step)


def _row(partner: Partner, judged: Judged) -> PartRow:
    url = judged.where(partner.public_id) if judged.where else ""
    return PartRow(judged.label, str(judged.standing), judged.words, judged.action, url)


def _invite(partner: str) -> str:
    return f"{address('partner_invite')}?partner={partner}"


def _task(partner: str) -> str:
    return f"{address('task_create')}?partner={partner}"


def _tiers_of(partner: str) -> str:
    return address("partner_tiers", partner)


def _proposals(_partner: str) -> str:
    return address("proposal_list")


def _conversation(conversation: str) -> Callable[[str], str]:
    return lambda _partner: address("conversation_detail", conversation)


def _journey(journey: str) -> Callable[[str], str]:
    return lambda _partner: address("journey_detail", journey)


# ── The parts of this floor ─────────────────────────────────────────────────────────────────────────────────────────


def judged_here(partner_ids: Collection[int], now: datetime) -> Mapping[int, list[Judged]]:
    """Who is in and last did something, answers that are owed, steps in time, tiers kept, data to judge."""
    today = day_of(now)
    return {
        row.pk: [judged for part in _PARTS if (judged := part(row, now, today)) is not None]
        for row in _known(list(partner_ids), now, today)
    }


@prepared
def _known(partner_ids: list[int], now: datetime, today: date) -> QuerySet[Any, Any]:
    here = {"partner": OuterRef("pk")}
    did = Fact.objects.filter(partner_id=OuterRef("pk"), person_id__isnull=False, at__lte=now).order_by("-at")
    steps = JourneyStep.objects.filter(
        journey__partner=OuterRef("pk"), journey__state=Journey.State.RUNNING, side=JourneyStep.Side.PARTNER
    ).order_by("due_on", "pk")
    late = steps.filter(state=JourneyStep.State.OPEN, due_on__lt=today)
    outlooks = TierOutlook.objects.filter(**here)
    talks = Conversation.objects.filter(**here)
    asked = talks.filter(state=Conversation.State.OPEN).order_by("due_at", "pk")
    waiting = ProposedValue.objects.waiting().filter(**here).order_by().values("partner")
    told: QuerySet[Any, Any] = Partner.objects.filter(pk__in=partner_ids).annotate(
        anybody=Exists(PartnerUser.objects.active().filter(**here)),
        last_at=Subquery(did.values("at")[:1]),
        travels=Exists(steps),
        late=Subquery(late.order_by().values("journey__partner").annotate(n=Count("*")).values("n")),
        late_since=Subquery(late.values("due_on")[:1]),
        late_in=Subquery(late.values("journey__public_id")[:1]),
        is_ranked=Exists(outlooks),
        is_short=Exists(outlooks.filter(is_short=True)),
        falls=Exists(TierMove.objects.open().drops().filter(**here)),
        talks=Exists(talks),
        answer_by=Subquery(asked.values("due_at")[:1]),
        asked_in=Subquery(asked.values("public_id")[:1]),
        waiting=Subquery(waiting.annotate(n=Count("*")).values("n")),
    )
    return told.values_list(
        *("pk", "anybody", "last_at", "travels", "late", "late_since", "late_in"),
        *("is_ranked", "is_short", "falls", "talks", "answer_by", "asked_in", "waiting"),
        named=True,
    )


def _people(row: Any, now: datetime, _today: date) -> Judged:
    label = _("People")
    if not row.anybody:
        return Judged(label, Standing.BAD, _("Nobody of the company is in."), _("Invite somebody"), _invite)
    if row.last_at is None:
        return Judged(label, Standing.WATCH, _("Nobody has done anything yet."), _("Make a task of it"), _task)
    day = formats.date_format(timezone.localtime(row.last_at), "j F Y")
    if now - row.last_at > SILENT:
        return Judged(label, Standing.WATCH, _("Nothing since %s.") % day, _("Make a task of it"), _task)
    return Judged(label, Standing.GOOD, _("Last active on %s.") % day)


def _steps(row: Any, _now: datetime, today: date) -> Judged | None:
    label = _("Journeys")
    if not row.late:
        return Judged(label, Standing.GOOD, _("Its steps are done in time.")) if row.travels else None
    words = ngettext("%d step is overdue.", "%d steps are overdue.", row.late) % row.late
    standing = Standing.BAD if today - row.late_since > LONG_OVERDUE else Standing.WATCH
    return Judged(label, standing, words, _("See its steps"), _journey(row.late_in))


def _tiers(row: Any, _now: datetime, _today: date) -> Judged | None:
    label, action = _("Tiers"), _("See what is missing")
    if row.falls:
        return Judged(label, Standing.BAD, _("A tier is about to be lowered."), action, _tiers_of)
    if row.is_short:
        return Judged(label, Standing.WATCH, _("What its tier asks for is not met today."), action, _tiers_of)
    return Judged(label, Standing.GOOD, _("Meets what its tiers ask for.")) if row.is_ranked else None


def _talk(row: Any, now: datetime, _today: date) -> Judged | None:
    label = _("Conversation")
    if row.answer_by is None:
        return Judged(label, Standing.GOOD, _("Nobody waits for an answer.")) if row.talks else None
    if row.answer_by > now:
        return Judged(label, Standing.GOOD, _("An answer is promised, and there is time."))
    words = _("An answer that was promised is overdue.")
    return Judged(label, Standing.BAD, words, _("Answer"), _conversation(row.asked_in))


def _data(row: Any, _now: datetime, _today: date) -> Judged | None:
    if not row.waiting:
        return None
    words = ngettext("%d change of its data waits for you.", "%d changes of its data wait for you.", row.waiting)
    return Judged(_("Data"), Standing.WATCH, words % row.waiting, _("Judge them"), _proposals)


_PARTS = (_people, _talk, _steps, _tiers, _data)
