"""What was agreed on: versions of a program's expectations, and who agreed to which."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from cohorts import rules
from cohorts.models import Application, Cohort, ExpectationsVersion, Program, Seat
from cohorts.queries.mine import seated_in
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.prepared import prepared

# More versions than anybody writes while a cohort runs.
_REMEMBERED = 50
_WAITING_OR_IN = (Seat.State.WAITING, *Seat.HOLDING)


def newest_version(program: Program) -> ExpectationsVersion | None:
    return _newest.first(program.pk)


@prepared
def _newest(program_id: int) -> QuerySet[ExpectationsVersion]:
    rows: QuerySet[ExpectationsVersion] = ExpectationsVersion.objects.filter(program=program_id)
    return rows.order_by("-number")[:1]


def newest_number(program: Any) -> QuerySet[Any, Any]:
    """The number of the program's newest version, for a subquery over `program`."""
    return ExpectationsVersion.objects.filter(program=program).order_by("-number").values("number")[:1]


def people_to_tell(version: ExpectationsVersion) -> list[Membership]:
    """Everybody who agreed to other words of the program and has applied or has a place in a cohort under way."""
    under_way = Cohort.objects.under_way().filter(program=version.program_id)
    concerned = Q(state=Application.State.SUBMITTED) | Q(seats__state__in=_WAITING_OR_IN)
    rows = Application.objects.handed_in().filter(concerned, cohort__in=under_way)
    rows = rows.exclude(agreed_to=version).filter(membership__state=Membership.State.ACTIVE)
    found = rows.select_related("membership__person").order_by("pk").distinct()
    return list({row.membership_id: row.membership for row in found}.values())


@dataclass(frozen=True, slots=True)
class Changed:
    """What reads differently now than what somebody agreed to: `number` is the version to agree to."""

    number: int
    changes: list[tuple[str, str, str]]


def with_expectations(seats: "QuerySet[Seat]") -> "QuerySet[Seat]":
    """The seats, each with the words that its person agreed to and those that hold now, for `changed_of`."""
    versions = ExpectationsVersion.objects.filter(program=OuterRef("cohort__program"))
    agreed = ExpectationsVersion.objects.filter(pk=OuterRef("application__agreed_to"))
    told = JSONObject(number=F("number"), **{name: F(name) for name in ExpectationsVersion.FIELDS})
    first, newest = versions.order_by("number").values(row=told)[:1], versions.order_by("-number").values(row=told)[:1]
    return seats.annotate(
        agreed_words=Coalesce(Subquery(agreed.values(row=told)), Subquery(first)), newest_words=Subquery(newest)
    )


def changed_of(seat: Any) -> Changed | None:
    """What reads differently now than what the person of this seat agreed to."""
    if seat.newest_words is None:
        return None
    agreed, newest = (ExpectationsVersion(**words) for words in (seat.agreed_words, seat.newest_words))
    changes = rules.changed_expectations(agreed, newest)
    return Changed(newest.number, changes) if changes else None


def promises_to_renew(member: Membership, now: datetime) -> list[tuple[str, str]]:
    """(title, address) of the cohorts with a seat of the member where the promise reads differently than what they
    agreed to; no query beside `seated_in`.
    """
    seated: dict[int, Any] = seated_in(member, now)
    found = [cohort for cohort in seated.values() if cohort.has_newer_promise]
    return [(cohort.title, address("cohort_home", cohort.public_id)) for cohort in found]


def changed_for(cohort: Cohort, membership_id: int) -> Changed | None:
    """What has changed since this person agreed, or None; one query."""
    versions = _agreed(cohort.program_id, cohort.pk, membership_id)
    if not versions:
        return None
    # An agreement from before versions were kept is about the first words that are known.
    agreed = next((version for version in versions if version.is_agreed), versions[-1])
    changes = rules.changed_expectations(agreed, versions[0])
    return Changed(versions[0].number, changes) if changes else None


@prepared
def _agreed(program_id: int, cohort_id: int, membership_id: int) -> QuerySet[Any]:
    """The program's versions, newest first, each with whether the member agreed to it for the cohort."""
    mine = Application.objects.of_member(membership_id).filter(cohort=cohort_id, agreed_to=OuterRef("pk"))
    rows: QuerySet[Any] = ExpectationsVersion.objects.filter(program=program_id).annotate(is_agreed=Exists(mine))
    return rows.order_by("-number")[:_REMEMBERED]
