"""Milestones: which rows are some, and how pages and mails say them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from partners.days import day_of
from partners.milestones import MilestoneKind, milestone_kinds
from partners.models import Milestone, Partner, PartnerTier, PartnerUser
from prm.addresses import address

# So long a milestone waits for a congratulation, and stands on home pages.
FRESH = timedelta(days=30)
_YEARS = 20
_YEAR = timedelta(days=365, hours=6)
COLUMNS = ("m_partner", "m_member", "m_occasion", "m_about", "m_at")


def in_columns(rows: QuerySet[Any, Any], partner: str, member: Any, occasion: Any, about: Any, at: Any) -> Any:
    """A queryset of the columns that `MilestoneKind.rows` promises; each is a lookup or an expression."""
    given = {
        "m_partner": F(partner),
        "m_member": F(member) if member else Cast(Value(None), BigIntegerField()),
        "m_occasion": Cast(occasion, BigIntegerField()),
        "m_about": about,
        "m_at": at,
    }
    return rows.order_by().annotate(**given).values_list(*COLUMNS)


def _tiers(since: datetime, now: datetime) -> QuerySet[Any, Any]:
    """Tiers that partners earned or were given. A start on the ladder is none, nor what they fell back to."""
    sources = [PartnerTier.Source.EARNED, PartnerTier.Source.APPROVED]
    rows = PartnerTier.objects.open().filter(starts_at__gt=since, starts_at__lte=now, source__in=sources)
    rows = rows.filter(partner__archived_at=None, partner__is_test=False)
    found: QuerySet[Any, Any] = in_columns(rows, "partner_id", None, F("tier_id"), F("tier__name"), F("starts_at"))
    return found


def _years(since: datetime, now: datetime) -> QuerySet[Any, Any]:
    """Active partners that have been here for whole years."""
    active = Partner.objects.real().filter(status=Partner.Status.ACTIVE)
    parts: list[Any] = []
    for years in range(1, _YEARS + 1):
        rows = active.filter(created_at__gt=since - years * _YEAR, created_at__lte=now - years * _YEAR)
        at = F("created_at") + Value(years * _YEAR)
        parts.append(in_columns(rows, "pk", None, Value(years), Value("", CharField()), at))
    found: QuerySet[Any, Any] = parts[0].union(*parts[1:], all=True)
    return found


def _years_title(_about: str, years: int) -> str:
    return ngettext("A year together", "%d years together", years) % years if years > 1 else _("A year together")


KINDS = (
    MilestoneKind(
        "partners.tier",
        gettext_lazy("New tier"),
        "medal",
        _tiers,
        lambda about, _occasion: _("Reached %s") % about,
        order=10,
    ),
    MilestoneKind("partners.years", gettext_lazy("Years together"), "cake", _years, _years_title, order=20),
)


def title_of(row: Any) -> str:
    """What was reached, in a few words; of a kind that is not installed any more what is known of it."""
    if row.kind not in milestone_kinds:
        return str(row.about)
    return milestone_kinds.get(row.kind).title(row.about, row.occasion)


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A milestone in ready strings."""

    public_id: str
    title: str
    icon: str
    partner: str
    partner_url: str
    person: str
    when: str
    congratulated: str
    is_told: bool


def milestone_row(row: Milestone) -> MilestoneRow:
    kind = milestone_kinds.get(row.kind) if row.kind in milestone_kinds else None
    by = str(row.congratulated_by.person) if row.congratulated_by else ""
    return MilestoneRow(
        public_id=row.public_id,
        title=title_of(row),
        icon=kind.icon if kind else "flag",
        partner=row.partner.name,
        partner_url=address("partner_detail", row.partner.public_id),
        person=str(row.membership.person) if row.membership else "",
        when=date_format(day_of(row.reached_at), "j M Y"),
        congratulated=_("%(who)s, %(when)s") % {"who": by, "when": date_format(day_of(row.congratulated_at), "j M Y")}
        if row.congratulated_at
        else "",
        is_told=row.agreed_at is not None,
    )


def _with_names(rows: QuerySet[Milestone]) -> QuerySet[Milestone]:
    return rows.select_related("partner", "membership__person", "congratulated_by__person")


def milestones() -> QuerySet[Milestone]:
    """Everybody's, the latest first."""
    return _with_names(Milestone.objects.latest_first())


def milestones_of(user: PartnerUser, now: datetime) -> list[MilestoneRow]:
    """Those of the person's company within a month."""
    rows = Milestone.objects.since(now - FRESH).filter(partner=user.partner_id).latest_first()
    return [milestone_row(row) for row in _with_names(rows)[:5]]


def told_by_others(now: datetime, but: int | None, days: int = 90) -> list[MilestoneRow]:
    """What partners agreed to be told, the latest first; that of the partner `but` is left out."""
    rows = Milestone.objects.since(now - timedelta(days=days)).told().filter(partner__is_test=False).latest_first()
    rows = rows.exclude(partner=but) if but is not None else rows
    return [milestone_row(row) for row in _with_names(rows)[:20]]
