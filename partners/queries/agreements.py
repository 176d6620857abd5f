"""Agreements, their versions and who accepted them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.days import day_of
from partners.grounds import Ground
from partners.models import Acceptance, Agreement, AgreementVersion, PartnerUser
from prm.addresses import address


@dataclass(frozen=True, slots=True)
class AgreementRow:
    title: str
    url: str
    version: int
    is_personal: bool
    accepted: int


@dataclass(frozen=True, slots=True)
class AcceptanceRow:
    who: str
    partner: str
    partner_url: str
    authority: str
    version: int
    at: str
    until: str


def agreements_for_list(is_archived: bool = False) -> QuerySet[Agreement]:
    """The agreements with the number of their newest version and how many accepted it; test partners left out."""
    newest = AgreementVersion.objects.filter(agreement=OuterRef("pk")).order_by("-number")
    accepted = (
        Acceptance.objects.of_newest()
        .filter(version__agreement=OuterRef("pk"), partner__is_test=False)
        .order_by()
        .values("version__agreement")
    )
    rows = Agreement.objects.filter(archived_at__isnull=not is_archived)
    return rows.annotate(
        version=Subquery(newest.values("number")[:1]), accepted=Subquery(accepted.annotate(n=Count("*")).values("n"))
    ).order_by("title", "pk")


def agreement_row(agreement: Agreement) -> AgreementRow:
    """The row of an agreement that `agreements_for_list` gave."""
    return AgreementRow(
        title=agreement.title,
        url=address("agreement_detail", agreement.public_id),
        version=agreement.version,  # type: ignore[attr-defined]
        is_personal=agreement.is_personal,
        accepted=agreement.accepted or 0,  # type: ignore[attr-defined]
    )


def newest_version(agreement_id: int) -> AgreementVersion | None:
    rows = AgreementVersion.objects.filter(agreement=agreement_id).select_related("agreement", "created_by__person")
    return rows.order_by("-number").first()


def versions_of(agreement: Agreement) -> list[AgreementVersion]:
    return list(agreement.versions.select_related("created_by__person").order_by("-number")[:50])


def acceptances_of(agreement: Agreement) -> QuerySet[Acceptance]:
    """Who accepted any version, newest first."""
    rows = Acceptance.objects.filter(version__agreement=agreement)
    return rows.select_related("version", "partner", "membership__person").order_by("-accepted_at", "-pk")


def acceptance_row(row: Acceptance) -> AcceptanceRow:
    return AcceptanceRow(
        who=str(row.membership.person),
        partner=row.partner.name,
        partner_url=address("partner_detail", row.partner.public_id),
        authority=row.authority,
        version=row.version.number,
        at=_day(row.accepted_at),
        until=last_day(row),
    )


def last_day(row: Acceptance) -> str:
    """The last day on which an acceptance binds, empty for until further notice."""
    return date_format(row.ends_on - timedelta(days=1), "j M Y") if row.ends_on else ""


def acceptances_offered(partner_id: int) -> list[tuple[int, str]]:
    """What the partner's people accepted of agreements in use, newest first: number and words for a list of choices."""
    rows = Acceptance.objects.filter(partner=partner_id, version__agreement__archived_at=None)
    told = rows.select_related("version__agreement", "membership__person").newest_first()[:200]
    return [(row.pk, f"{_accepted(row)}, {_day(row.accepted_at)}") for row in told]


def acceptances_told(ids: Collection[int]) -> dict[int, Ground]:
    """What is shown of these where a right of a partner rests on one; one query."""
    newest = AgreementVersion.objects.filter(agreement=OuterRef("version__agreement")).order_by("-number")
    rows: Any = Acceptance.objects.filter(pk__in=ids).annotate(last_number=Subquery(newest.values("number")[:1]))
    return {row.pk: _ground(row) for row in rows.select_related("version__agreement", "membership__person")}


def _ground(row: Any) -> Ground:
    agreement, version = row.version.agreement, row.version
    over = ""
    if agreement.archived_at:
        over = _("out of use since %s") % _day(agreement.archived_at)
    elif row.last_number > version.number:
        over = _("version %s is in force now") % row.last_number
    return Ground(
        label=_accepted(row),
        mark=_("%(agreement)s, version %(number)s") % {"agreement": agreement, "number": version.number},
        on=_day(row.accepted_at),
        url=address("agreement_detail", agreement.public_id),
        over=over,
    )


def _accepted(row: Acceptance) -> str:
    words = _("%(agreement)s, version %(number)s, accepted by %(person)s")
    told = {"agreement": row.version.agreement, "number": row.version.number, "person": row.membership.person}
    return words % told


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j M Y")


def accepted_by(user: PartnerUser, version: AgreementVersion, now: datetime) -> Acceptance | None:
    """The acceptance of this version that counts for the person: the own one, or the company's, not to be renewed."""
    rows = Acceptance.objects.filter(version=version).holding(day_of(now))
    rows = rows.select_related("membership__person").order_by("accepted_at")
    if version.agreement.is_personal:
        return rows.filter(membership=user.membership_id).first()
    return rows.filter(partner=user.partner_id).first()


def has_agreements() -> Exists:
    return Exists(Agreement.objects.listed())
