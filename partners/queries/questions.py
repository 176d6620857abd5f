"""What a partner can tell of itself: what is missing, what it was asked for, what it should confirm."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from partners.models import (
    AskedPartner,
    Attribute,
    AttributeValue,
    DataRequest,
    Partner,
    PartnerUser,
    ProposedValue,
    QuestionPause,
)
from partners.queries.attributes import Known, attributes_in_order, known_values
from partners.queries.completeness import RECORD_FIELDS, TOLD_BY_PARTNERS
from partners.queries.history import record_words, told_from_history
from prm.tenancy.prepared import prepared

# An open request is not asked a second time within this.
ASKED_RECENTLY = timedelta(days=30)


@dataclass(frozen=True)
class Question:
    """One thing that a partner can tell: a column of its record, or an attribute that partners keep."""

    field: str
    label: str
    hint: str = ""
    attribute: Attribute | None = None


def tellable(attributes: Iterable[Attribute] | None = None) -> list[Question]:
    """Everything that partners can tell of themselves, in order."""
    rows = attributes_in_order([Attribute.Keeper.PARTNER]) if attributes is None else attributes
    of_record = [Question(field, str(RECORD_FIELDS[field])) for field in TOLD_BY_PARTNERS]
    return of_record + _questions_of(row for row in rows if row.keeper == Attribute.Keeper.PARTNER)


def _questions_of(attributes: Iterable[Attribute]) -> list[Question]:
    return [Question(row.field, row.name, row.hint, row) for row in attributes]


def questions_named(fields: Collection[str]) -> list[Question]:
    """Those of the questions whose fields are named, in order; a field that nobody can be asked for is left out."""
    return [question for question in tellable() if question.field in set(fields)]


def _kept(partner: Partner) -> list[Known]:
    return known_values(partner, [Attribute.Keeper.PARTNER])


def told_by(partner: Partner) -> dict[str, Any]:
    """What is known of all that the partner can tell, by the question's field."""
    held = {each.attribute.field: each.value for each in _kept(partner) if each.is_known}
    return held | {field: getattr(partner, field) or None for field in TOLD_BY_PARTNERS}


# Requests


def is_open_for(fields: Sequence[str], partner_field: str = "partner") -> Q:
    """Whether one of the fields is still neither known, nor proposed, nor said to be unknown, for the row's partner."""
    wanted = Q(pk__in=())
    for field in fields:
        wanted |= _is_open(field, partner_field)
    return wanted


def _is_open(field: str, partner_field: str) -> Q:
    partner = OuterRef(partner_field)
    told = QuestionPause.objects.filter(partner=partner, field=field, is_unknown=True)
    waits = ProposedValue.objects.waiting().filter(partner=partner, field=field)
    if field.startswith("attribute:"):
        pk = int(field.partition(":")[2])
        empty = ~Q(Exists(AttributeValue.objects.filter(partner=partner, attribute=pk)))
    else:
        prefix = "" if partner_field == "pk" else f"{partner_field}__"
        empty = Q(**{f"{prefix}{field}": ""})
    return empty & ~Q(Exists(told)) & ~Q(Exists(waits))


def still_asked(request: DataRequest) -> Any:
    """The asked partners of a request that have not answered all of it."""
    return AskedPartner.objects.filter(request=request).filter(is_open_for(request.fields))


def is_still_asked(request: DataRequest, partner: Partner) -> bool:
    return bool(still_asked(request).filter(partner=partner).exists())


@dataclass(frozen=True)
class AskPreview:
    """Whom asking would reach: `partners` to be asked, of them `people` get a mail.

    `already` were asked for the same lately; `silent` have nobody who could answer.
    """

    partners: Any
    count: int
    people: int
    already: int
    silent: int


def ask_preview(fields: Sequence[str], partner_ids: Collection[int] | None, now: datetime) -> AskPreview:
    """Whom asking for these fields would reach: of the partners named, or of all, those that lack one of them."""
    lacking = Partner.objects.real().filter(is_open_for(fields, "pk"))
    if partner_ids is not None:
        lacking = lacking.filter(pk__in=partner_ids)
    recent = AskedPartner.objects.filter(
        request__asked_at__gt=now - ASKED_RECENTLY, request__fields__contains=list(fields)
    )
    fresh = lacking.exclude(pk__in=recent.values("partner"))
    leads = PartnerUser.objects.active().filter(role=PartnerUser.Role.LEAD)
    reached = fresh.filter(pk__in=leads.values("partner"))
    count = reached.count()
    return AskPreview(
        partners=reached,
        count=count,
        people=leads.filter(partner__in=reached.values("pk")).count(),
        already=lacking.filter(pk__in=recent.values("partner")).count(),
        silent=fresh.count() - count,
    )


def first_lead(partner: Partner) -> PartnerUser:
    """Who of a partner that `ask_preview` found gets the mail first."""
    leads = PartnerUser.objects.active().filter(role=PartnerUser.Role.LEAD, partner=partner).with_person()
    return leads.order_by("pk")[0]


def labels_lacking(partner_id: int, fields: Sequence[str]) -> list[str]:
    """What of these fields is still open for one partner, in the words of a mail."""
    asked = {field: _is_open(field, "pk") for field in fields}
    marks = {f"open_{number}": Q(is_open) for number, is_open in enumerate(asked.values())}
    found = Partner.objects.filter(pk=partner_id).annotate(**marks).values_list(*marks).get()
    names = _names(fields)
    return [names[field] for field, is_open in zip(fields, found, strict=True) if is_open]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request for data as lists show it."""

    public_id: str
    labels: str
    by: str
    asked_at: datetime
    answered: int
    total: int
    reminded_at: datetime | None

    @property
    def is_done(self) -> bool:
        return self.answered >= self.total


def latest_requests(limit: int = 5, known: Iterable[Attribute] = ()) -> list[RequestRow]:
    """The newest requests, however many they are; a page that has read attributes hands them in."""
    return request_rows(_newest(limit=limit), known)


@prepared
def _newest(*, limit: int) -> QuerySet[DataRequest]:
    rows: QuerySet[DataRequest] = DataRequest.objects.order_by("-asked_at", "-pk")
    return rows.select_related("asked_by__person")[:limit]


def request_rows(requests: Sequence[DataRequest], known: Iterable[Attribute] = ()) -> list[RequestRow]:
    if not requests:
        return []
    asked = {request.pk: tuple(request.fields) for request in requests}
    numbers = {pk: (total, still_open) for pk, total, still_open in _numbers(*asked, fields=tuple(asked.values()))}
    names = _names({field for request in requests for field in request.fields}, known)
    return [_request_row(request, *numbers.get(request.pk, (0, 0)), names) for request in requests]


@prepared
def _numbers(*request_ids: int, fields: tuple[tuple[str, ...], ...]) -> QuerySet[Any, tuple[int, int, int]]:
    """Request, how many partners it asks, and how many of them have not answered; `fields` are what each asks for."""
    is_open = Q(pk__in=())
    for request_id, asked in zip(request_ids, fields, strict=True):
        is_open |= Q(request=request_id) & is_open_for(asked)
    rows: Any = AskedPartner.objects.filter(request__in=request_ids).order_by().values("request")
    found: QuerySet[Any, tuple[int, int, int]] = rows.annotate(
        total=Count("pk"), open=Count("pk", filter=is_open)
    ).values_list("request", "total", "open")
    return found


def _request_row(request: DataRequest, total: int, still_open: int, names: Mapping[str, str]) -> RequestRow:
    return RequestRow(
        public_id=request.public_id,
        labels=", ".join(names[field] for field in request.fields),
        by=str(request.asked_by.person),
        asked_at=request.asked_at,
        answered=total - still_open,
        total=total,
        reminded_at=request.reminded_at,
    )


def labels_of(fields: Collection[str]) -> str:
    """ "Region, Free capacity"; what was put away since is named as well."""
    names = _names(fields)
    return ", ".join(names[field] for field in fields)


def _names(fields: Collection[str], known: Iterable[Attribute] = ()) -> dict[str, str]:
    names = {row.field: row.name for row in known}
    keys = [int(field.partition(":")[2]) for field in fields if field.startswith("attribute:") and field not in names]
    names |= {row.field: row.name for row in Attribute.objects.filter(pk__in=keys)} if keys else {}
    return {field: names.get(field) or str(RECORD_FIELDS.get(field, field)) for field in fields}


def asked_partners(request: DataRequest) -> Any:
    """The partners that a request asks, those that have not answered first."""
    rows = AskedPartner.objects.filter(request=request).annotate(is_open=Q(is_open_for(request.fields)))
    return rows.select_related("partner").order_by(F("is_open").desc(), "partner__normalized_name", "pk")


# Proposed values


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposed value in words, for the queue and for the partner's own page."""

    public_id: str
    partner: str
    partner_public_id: str
    name: str
    before: str
    after: str
    moves: tuple[str, ...]
    by: str
    at: datetime
    state: str
    state_label: str
    reason: str


def proposals(waiting: bool = True) -> Any:
    """Proposed values, waiting ones the oldest first, else decided ones the latest first."""
    rows = ProposedValue.objects.select_related("partner", "proposed_by__person")
    if waiting:
        return rows.waiting().order_by("proposed_at", "pk")
    return rows.exclude(state=ProposedValue.State.WAITING).order_by("-decided_at", "-pk")


def proposals_of(partner: Partner, limit: int = 10) -> list[ProposalRow]:
    """What one partner told and what became of it, the newest first."""
    rows = ProposedValue.objects.filter(partner=partner).select_related("partner", "proposed_by__person")
    return proposal_rows(list(rows.order_by("-proposed_at", "-pk")[:limit]))


def proposal_rows(rows: Sequence[ProposedValue]) -> list[ProposalRow]:
    keys = [int(row.field.partition(":")[2]) for row in rows if row.field.startswith("attribute:")]
    attributes = {row.field: row for row in Attribute.objects.filter(pk__in=keys)} if keys else {}
    return [_proposal_row(row, attributes.get(row.field)) for row in rows]


def _proposal_row(row: ProposedValue, attribute: Attribute | None) -> ProposalRow:
    def words(kept: Any) -> str:
        return told_from_history(attribute, kept) if attribute else record_words(row.field, kept, {})

    return ProposalRow(
        public_id=row.public_id,
        partner=row.partner.name,
        partner_public_id=row.partner.public_id,
        name=attribute.name if attribute else str(RECORD_FIELDS.get(row.field, row.field)),
        before=words(row.before),
        after=words(row.value),
        moves=tuple(row.moves),
        by=str(row.proposed_by.person) if row.proposed_by else _("somebody of theirs"),
        at=row.proposed_at,
        state=row.state,
        state_label=str(row.get_state_display()),
        reason=row.reason,
    )
