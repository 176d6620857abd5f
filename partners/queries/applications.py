"""Applications to become a partner: the board, one of them as colleagues see it, and as its applicant does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.days import day_of
from partners.models import (
    APPLICATION_STAGES,
    ApplicationComment,
    ApplicationQuestion,
    ApplicationReviewer,
    Partner,
    PartnerApplication,
    RecruitmentCall,
)
from partners.queries.coverage import cell_url
from partners.queries.duplicates import alike_cards
from partners.queries.recruitment import source_words
from partners.recruiting.questions import ATTRIBUTE, Question, questions_of, shown_answer
from partners.recruiting.scoring import Part, wanted_words, why
from prm.accounts.models import Membership
from prm.accounts.tokens import digest
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.audit.queries import EntryRow, entry_row

SHOWN, DECIDED_SHOWN = 15, 8
# How the board's address says "without a source".
NO_SOURCE = "-"
KEPT_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What the board is narrowed to; `mine` is whose reviews only."""

    call: RecruitmentCall | None = None
    source: str | None = None
    mine: Membership | None = None
    words: str = ""
    sort: str = "oldest"
    show_all: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """An application on the board: ready strings. `moves` are (where from and to, words), for those still undecided."""

    public_id: str
    company: str
    url: str
    call: str
    score: str
    score_tone: str
    source: str
    age: str
    reviewers: str
    is_late: bool
    moves: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Lane:
    """A column of the board; `count` is how many there are, `tiles` those that are shown."""

    state: str
    title: str
    tone: str
    count: int = 0
    tiles: list[Tile] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        return self.count - len(self.tiles)


_TONES = {"new": "info", "screening": "warning", "question": "neutral", "decided": "success"}


def board(chosen: BoardFilter, now: datetime) -> list[Lane]:
    """The stages with their applications, and what was decided last. Three queries, however many there are."""
    labels = dict(PartnerApplication.State.choices)
    lanes: dict[str, Lane] = {
        state: Lane(state, str(labels[PartnerApplication.State(state)]), _TONES[state])
        for state in PartnerApplication.UNDECIDED
    }
    decided = Lane("decided", _("Decided lately"), _TONES["decided"])
    most = 10_000 if chosen.show_all else SHOWN
    rows = _narrowed(chosen)
    counts = dict(rows.undecided().order_by().values_list("state").annotate(n=Count("*")))
    for state, lane in lanes.items():
        lane.count = counts.get(state, 0)
    for row in _in_lanes(rows, chosen, most):
        lanes[row.state].tiles.append(_tile(row, now))
    ended = rows.filter(state__in=PartnerApplication.ENDED, submitted_at__isnull=False, erased_at=None)
    for row in _with_names(ended).order_by("-ended_at", "-pk")[:DECIDED_SHOWN]:
        decided.tiles.append(_tile(row, now))
    decided.count = len(decided.tiles)
    return [*lanes.values(), decided]


def _narrowed(chosen: BoardFilter) -> Any:
    rows = PartnerApplication.objects.submitted()
    if chosen.call is not None:
        rows = rows.filter(call=chosen.call)
    if chosen.source is not None:
        rows = rows.filter(source=chosen.source)
    if chosen.mine is not None:
        mine = ApplicationReviewer.objects.filter(application=OuterRef("pk"), membership=chosen.mine)
        rows = rows.filter(Exists(mine))
    for word in chosen.words.lower().split()[:4]:
        rows = rows.filter(Q(searchable__contains=word))
    return rows


def _in_lanes(rows: Any, chosen: BoardFilter, most: int) -> "list[PartnerApplication]":
    """The first `most` of each stage, in the board's order."""
    found: list[PartnerApplication] = []
    order = (
        (F("score").desc(nulls_last=True), "submitted_at", "pk") if chosen.sort == "score" else ("submitted_at", "pk")
    )
    parts = [rows.filter(state=state).order_by(*order).values("pk")[:most] for state in PartnerApplication.UNDECIDED]
    ids = Q(pk__in=parts[0]) | Q(pk__in=parts[1]) | Q(pk__in=parts[2])
    found.extend(_with_names(PartnerApplication.objects.filter(ids)).order_by(*order))
    return found


def _with_names(rows: Any) -> Any:
    of_row = ApplicationReviewer.objects.filter(application=OuterRef("pk")).order_by("pk")
    shown = Coalesce(
        NullIf("membership__person__name", Value("")), "membership__person__email", output_field=CharField()
    )
    return rows.select_related("call").annotate(reviewer_names=ArraySubquery(of_row.values(name=shown)))


def _tile(row: Any, now: datetime) -> Tile:
    days = (now - row.submitted_at).days
    waits = row.state in PartnerApplication.OURS
    return Tile(
        public_id=row.public_id,
        company=str(row),
        url=address("partner_application_detail", row.public_id),
        call=row.call.title,
        score="" if row.score is None else str(row.score),
        score_tone=score_tone(row.score),
        source=source_words(row.source),
        age=row.get_state_display() if row.ended_at else _age(days),
        reviewers=", ".join(row.reviewer_names),
        is_late=waits and row.answered_at is None and days > row.call.answer_days,
        moves=moves_from(row.state),
    )


def moves_from(state: str) -> tuple[tuple[str, str], ...]:
    """(from.verb, words) of everything that can be done with an application in this stage."""
    labels = {
        "put_back": _("New"),
        "screen": _("Screening"),
        "ask": _("Ask for more …"),
        "accept": _("Accept …"),
        "decline": _("Decline …"),
    }
    verbs = [verb for verb in labels if state in APPLICATION_STAGES.moves[verb][0]]
    return tuple((f"{state}.{verb}", labels[verb]) for verb in verbs)


def _age(days: int) -> str:
    return ngettext("%d day", "%d days", days) % days if days else _("today")


def score_tone(score: int | None) -> str:
    """The color of a score: the same on the board and on the page."""
    if score is None:
        return "neutral"
    return "success" if score >= 70 else "warning" if score >= 40 else "neutral"


def sources_in_use() -> list[tuple[str, str]]:
    """(source, words) of what applications came by, for the filter."""
    found = PartnerApplication.objects.submitted().order_by("source").values_list("source", flat=True).distinct()
    return [(source or NO_SOURCE, source_words(source)) for source in found[:30]]


def calls_for_filter() -> list[RecruitmentCall]:
    return list(RecruitmentCall.objects.by_title()[:100])


@dataclass(frozen=True, slots=True)
class Weighed:
    """One criterion's part of a score, in words. `share` is 0 to 1, None where it is unknown."""

    label: str
    wanted: str
    why: str
    points: str
    weight: int
    share: float | None
    cell_url: str


@dataclass(frozen=True, slots=True)
class Review:
    """An application as colleagues see it."""

    answers: list[tuple[str, str]]
    parts: list[Weighed]
    unknown: int
    is_outdated: bool
    alike: list[Any]
    checklist: list[tuple[str, str, bool]]
    reviewers: list[Membership]
    comments: list[ApplicationComment]
    asked: list[ApplicationQuestion]
    history: list[EntryRow]


def _alike(application: PartnerApplication) -> list[tuple[Partner, str]]:
    """Partners that may be the company that applies, each with its address."""
    return [(row.partner, url) for row, url in alike_cards(application.company, application.domain)]


def application_for_review(application: PartnerApplication) -> Review:
    """Everything that the page of an application shows."""
    call = application.call
    questions = questions_of(call.questions)
    parts = [Part.of(row) for row in application.score_parts]
    weighed = [_weighed(part, questions) for part in parts]
    partner_id = application.partner_id
    return Review(
        answers=[
            (question.label, shown_answer(question, application.answers.get(question.key))) for question in questions
        ],
        parts=weighed,
        unknown=sum(part.share is None for part in parts),
        is_outdated=application.score_version != call.profile_version,
        alike=[] if partner_id or not application.company else _alike(application),
        checklist=[(row["key"], row["label"], row["key"] in application.done) for row in call.checklist],
        reviewers=reviewers_of(application),
        comments=list(application.comments.select_related("author__person").order_by("at", "pk")),
        asked=list(application.asked.select_related("asked_by__person").order_by("asked_at", "pk")),
        history=_history(application),
    )


def _weighed(part: Part, questions: Sequence[Question]) -> Weighed:
    points = "" if part.points is None else f"{part.points:g}"
    criterion = part.criterion
    return Weighed(
        label=criterion.label,
        wanted=wanted_words(criterion, questions),
        why=why(part, questions),
        points=points,
        weight=criterion.weight,
        share=part.share,
        cell_url=_cell_url(part, questions),
    )


def _cell_url(part: Part, questions: Sequence[Question]) -> str:
    """The cell of the coverage grid that a part is about; "" for all others."""
    target = next((row.target for row in questions if row.key == part.criterion.question), "")
    return cell_url(target.removeprefix(ATTRIBUTE), part.answer, part.region) if part.answer and target else ""


def reviewers_of(application: PartnerApplication) -> list[Membership]:
    rows = application.reviewers.select_related("membership__person").order_by("pk")
    return [row.membership for row in rows]


def _history(application: PartnerApplication) -> list[EntryRow]:
    rows = AuditEntry.objects.filter(object_type="partners.partnerapplication", object_id=application.pk)
    return [entry_row(row) for row in rows.order_by("-at", "-id")[:20]]


def loads(call: RecruitmentCall, members: Sequence[int]) -> Mapping[int, int]:
    """How many undecided applications each of these colleagues reviews, over all calls."""
    rows = ApplicationReviewer.objects.filter(
        membership__in=members, application__state__in=PartnerApplication.UNDECIDED
    )
    return dict(rows.order_by().values_list("membership").annotate(n=Count("*")))


def application_behind(token: str) -> PartnerApplication | None:
    """The application that a mailed link leads to; None for a wrong one, and for one that was erased."""
    rows = PartnerApplication.objects.select_related("call__group", "call__account_manager__person")
    found: PartnerApplication | None = rows.filter(token_digest=digest(token)).exclude(token_digest="").first()
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an application stands, as its applicant reads it. Nothing that colleagues say among themselves is here."""

    steps: list[tuple[str, str]]
    answers: list[tuple[str, str]]
    asked: list[ApplicationQuestion]
    open_question: ApplicationQuestion | None
    answer_by: Any
    forget_on: Any
    may_apply_again: bool


def standing_of(application: PartnerApplication, now: datetime) -> Standing:
    call = application.call
    asked = list(application.asked.order_by("asked_at", "pk"))
    questions = questions_of(call.questions)
    received = application.submitted_at
    ended = application.ended_at
    day = day_of(now)
    return Standing(
        steps=_steps(application),
        answers=[
            (question.label, shown)
            for question in questions
            if (shown := shown_answer(question, application.answers.get(question.key)))
        ],
        asked=[row for row in asked if row.answered_at],
        open_question=next((row for row in asked if row.answered_at is None), None),
        answer_by=received + timedelta(days=call.answer_days) if received else None,
        forget_on=day_of(ended + call.keep_months * KEPT_MONTH) if ended else None,
        may_apply_again=application.state in PartnerApplication.ENDED
        and application.may_apply_again_on(day)
        and call.is_open_on(day),
    )


def _steps(application: PartnerApplication) -> list[tuple[str, str]]:
    """(label, done | current | "") of the way from receipt to decision."""
    state = PartnerApplication.State
    place = {state.NEW: 1, state.SCREENING: 1, state.QUESTION: 2}.get(state(application.state), 3)
    words = [_("Received"), _("In review")]
    if application.state == state.QUESTION:
        words.append(_("Your turn"))
    words.append(_("Decision"))
    last = len(words) - 1
    current = last if place == 3 else place
    return [(word, "done" if at < current else "current" if at == current else "") for at, word in enumerate(words)]


def earlier_application(call: RecruitmentCall, email: str) -> PartnerApplication | None:
    """The newest application of this address to this call."""
    found: PartnerApplication | None = (
        PartnerApplication.objects.filter(call=call, email=email)
        .select_related("call")
        .order_by("-created_at", "-pk")
        .first()
    )
    return found


def forgettable() -> Any:
    """Declined and withdrawn applications that are not erased yet, with when they are to be, the next one first.

    Accepted ones belong to a partner by now.
    """
    ended = [PartnerApplication.State.DECLINED, PartnerApplication.State.WITHDRAWN]
    kept = F("call__keep_months") * Value(KEPT_MONTH, DurationField())
    rows = PartnerApplication.objects.filter(state__in=ended, erased_at=None)
    dated = rows.annotate(forget_at=ExpressionWrapper(F("ended_at") + kept, DateTimeField()))
    return dated.order_by("forget_at", "pk")


def stale_drafts(before: datetime) -> "QuerySet[PartnerApplication]":
    """Drafts that were last saved, and whose link was last mailed, before this moment."""
    untouched = (Q(sent_at=None) | Q(sent_at__lte=before)) & (Q(saved_at=None) | Q(saved_at__lte=before))
    rows: QuerySet[PartnerApplication] = PartnerApplication.objects.filter(
        untouched, created_at__lte=before, state=PartnerApplication.State.DRAFT
    )
    return rows.order_by("pk")
