"""New rules for a ladder: begun as a draft, tried on what happened, decided for a day to come."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max

from partners.models import (
    Attribute,
    Ladder,
    LadderVersion,
    Partner,
    PartnerTier,
    Requirement,
    Tier,
    TierHold,
    TierNumber,
)
from partners.queries.ladders import calendar, draft_of, requirements_of, tiers_of
from partners.queries.tier_numbers import Sheet, measured, scored_sql, set_by_set
from partners.queries.tier_words import figures_of, label_of
from partners.rules import tiers as rules
from partners.rules.tier_periods import windows_of_period
from partners.rules.tier_progress import deciding
from partners.services.tier_standings import lock_ladder
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.jobs.models import Job
from prm.jobs.services import start_job
from prm.problems import Refused, refuse_if
from prm.tenancy.wakeups import wake

TRIAL = "partners.try_ladder_rules"
# So many partners are named on either side of a trial; all of them are counted.
MOST_NAMED = 100


@dataclass(frozen=True)
class RequirementDetails:
    """`instead_of` is a requirement of the same tier that this one is an alternative to."""

    tier: Tier
    source: str
    threshold: Decimal
    period: str = Requirement.Period.ROLLING
    measure: str = ""
    attribute: Attribute | None = None
    number: TierNumber | None = None
    instead_of: Requirement | None = None

    def columns(self) -> dict[str, Any]:
        source = Requirement.Source
        return {
            "tier": self.tier,
            "source": self.source,
            "threshold": self.threshold,
            "period": self.period if self.source in (source.MEASURE, source.NUMBER) else Requirement.Period.EVER,
            "measure": self.measure if self.source == source.MEASURE else "",
            "attribute": self.attribute if self.source == source.ATTRIBUTE else None,
            "number": self.number if self.source == source.NUMBER else None,
        }


@transaction.atomic
def begin_draft(*, actor: Actor, ladder: Ladder, now: datetime) -> LadderVersion:
    """A new version with the requirements that were decided last; the present draft where there is one."""
    lock_ladder(ladder)
    found = draft_of(ladder)
    if found is not None:
        return found
    last = ladder.versions.order_by("-number").first()
    number = (ladder.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    draft: LadderVersion = LadderVersion.objects.create(ladder=ladder, number=number, created_at=now)
    if last is not None:
        kept = [row for row in requirements_of(last) if row.tier.archived_at is None]
        Requirement.objects.bulk_create(_copy(row, draft) for row in kept)
    note(actor=actor, verb="partners.ladder_draft_begun", obj=ladder, changes={"version": [None, number]})
    return draft


def _copy(row: Requirement, version: LadderVersion) -> Requirement:
    names = ("tier_id", "block", "source", "measure", "attribute_id", "number_id", "period", "threshold")
    return Requirement(version=version, **{name: getattr(row, name) for name in names})


@transaction.atomic
def change_note(*, actor: Actor, version: LadderVersion, text: str) -> None:
    """Say what is new and why; it does not change what was tried."""
    locked = _locked_draft(version)
    if locked.note != text:
        LadderVersion.objects.filter(pk=version.pk).update(note=text)
        note(
            actor=actor, verb="partners.ladder_draft_changed", obj=version.ladder, changes={"note": [locked.note, text]}
        )
        version.note = text


@transaction.atomic
def add_requirement(*, actor: Actor, version: LadderVersion, details: RequirementDetails) -> Requirement:
    """Add a requirement to a draft. Raises `Refused`: not_draft, lowest_tier, too_many, period_too_long."""
    _locked_draft(version)
    own = _own(version, details)
    _refuse_unfit(version, details, own)
    block = details.instead_of.block if details.instead_of else max((row.block for row in own), default=0) + 1
    requirement: Requirement = Requirement.objects.create(version=version, block=block, **details.columns())
    _touch(version)
    _note(actor, version, None, requirement)
    return requirement


@transaction.atomic
def change_requirement(*, actor: Actor, requirement: Requirement, details: RequirementDetails) -> None:
    """Change a requirement of a draft. Raises what `add_requirement` does."""
    version = _locked_draft(requirement.version)
    own = [row for row in _own(version, details) if row.pk != requirement.pk]
    _refuse_unfit(version, details, own)
    before = _described(requirement)
    if details.instead_of is not None:
        requirement.block = details.instead_of.block
    elif any(row.block == requirement.block for row in own):
        requirement.block = max(row.block for row in own) + 1
    for name, value in details.columns().items():
        setattr(requirement, name, value)
    requirement.save()
    _touch(version)
    changes = {"requirement": [before, _described(requirement)]}
    note(actor=actor, verb="partners.ladder_draft_changed", obj=version.ladder, changes=changes)


@transaction.atomic
def remove_requirement(*, actor: Actor, requirement: Requirement) -> None:
    version = _locked_draft(requirement.version)
    _note(actor, version, requirement, None)
    requirement.delete()
    _touch(version)


@transaction.atomic
def discard_draft(*, actor: Actor, version: LadderVersion) -> None:
    """Give a draft up. What applies is not touched."""
    locked = _locked_draft(version)
    locked.delete()
    note(
        actor=actor,
        verb="partners.ladder_draft_discarded",
        obj=version.ladder,
        changes={"version": [version.number, None]},
    )


@transaction.atomic
def publish_version(
    *, actor: Actor, version: LadderVersion, revision: int, applies_at: datetime, now: datetime
) -> None:
    """Decide a draft: it applies from that moment on, and nothing in it changes any more.

    Raises `Refused`: not_draft, no_requirement, not_tried, not_ahead, not_after_last; changed_meanwhile is not_tried.
    """
    locked = _locked_draft(version)
    last = version.ladder.versions.aggregate(last=Max("applies_at"))["last"]
    asked = Requirement.objects.filter(version=version).count()
    problems = rules.publish_problems(locked, asked, applies_at, now, last)
    if revision != locked.revision and not problems:
        problems = rules.publish_problems(LadderVersion(revision=1, tried_at=None), asked, applies_at, now, last)
    refuse_if(problems)
    LadderVersion.objects.filter(pk=version.pk).update(
        applies_at=applies_at, published_at=now, published_by=actor.membership_id
    )
    version.applies_at = applies_at
    changes: dict[str, list[Any]] = {"version": [None, version.number], "applies_from": [None, applies_at]}
    note(actor=actor, verb="partners.ladder_rules_decided", obj=version.ladder, changes=changes)
    wake("plan", applies_at)


def start_trial(*, actor: Actor, version: LadderVersion, now: datetime) -> Job:
    """Try a draft in the background. Raises `Refused` with not_draft."""
    refuse_if(rules.draft_problems(version))
    return start_job(actor=actor, kind=TRIAL, parameters={"version": version.pk}, now=now)


def run_trial(job: Job) -> None:
    """The job's work."""
    version = LadderVersion.objects.select_related("ladder__audience").get(pk=job.parameters["version"])
    try_version(version=version, now=job.created_at)


@transaction.atomic
def try_version(*, version: LadderVersion, now: datetime) -> None:
    """See where everybody would stand if a draft had applied to the last twelve months, against where they stand.

    Yearly numbers count the last twelve months and quarterly ones the last three, so that nobody looks worse for a
    period that has just begun. Counts and the first names with what decides are kept with the version.
    """
    locked = (
        LadderVersion.objects.select_for_update(no_key=True, of=("self",))
        .select_related("ladder__audience")
        .get(pk=version.pk)
    )
    refuse_if(rules.draft_problems(locked))
    requirements, tiers = requirements_of(locked), tiers_of(locked.ladder)
    windows = windows_of_period(calendar(), now)
    sheet = Sheet(locked.ladder, requirements, windows, now)
    sql = (
        f"{scored_sql(sheet, tiers)} SELECT scored.id, rank, reached FROM scored"  # nosec B608: own names and ids
        " JOIN partners_partner AS partner ON partner.organization_id = %(organization)s AND partner.id = scored.id"
        " WHERE NOT partner.is_test ORDER BY partner.normalized_name, partner.id"
    )
    with set_by_set(None), connection.cursor() as cursor:
        cursor.execute(sql, sheet.parameters)
        rows = cursor.fetchall()
    by_rank = {tier.rank: tier for tier in tiers}
    held = set(TierHold.objects.holding(now).filter(ladder=locked.ladder).values_list("partner", flat=True))
    rising = [row for row in rows if row[2] > max(row[1], tiers[0].rank)]
    dropping = [row for row in rows if row[1] > row[2] and row[0] not in held]
    named = [*rising[:MOST_NAMED], *dropping[:MOST_NAMED]]
    values = measured(locked.ladder, requirements, windows, now, [row[0] for row in named])
    names = dict(Partner.objects.filter(pk__in=[row[0] for row in named]).values_list("pk", "name"))
    public_ids = dict(Partner.objects.filter(pk__in=names).values_list("pk", "public_id"))

    def line(row: tuple[int, int, int]) -> dict[str, Any]:
        partner_id, rank, reached = row
        is_drop = rank > reached
        judged = by_rank[rank] if is_drop else by_rank[reached]
        own = [one for one in requirements if one.tier_id == judged.pk]
        decides = deciding(own, values[partner_id]) if is_drop else None
        figures = figures_of([decides] if decides else own, judged.pk, values[partner_id])
        return {
            "partner": public_ids[partner_id],
            "name": names[partner_id],
            "from": by_rank[rank].name if rank in by_rank else "",
            "to": by_rank[reached].name,
            "figures": figures,
        }

    per_tier = {tier.rank: 0 for tier in tiers}
    for _partner_id, _rank, reached in rows:
        per_tier[reached] += 1
    tried = {
        "partners": len(rows),
        "rising": len(rising),
        "dropping": len(dropping),
        "rises": [line(row) for row in rising[:MOST_NAMED]],
        "drops": [line(row) for row in dropping[:MOST_NAMED]],
        "tiers": [{"name": tier.name, "partners": per_tier[tier.rank]} for tier in tiers],
    }
    LadderVersion.objects.filter(pk=version.pk).update(tried_at=now, tried_revision=locked.revision, tried=tried)
    version.tried_at, version.tried_revision, version.tried = now, locked.revision, tried


def present_counts(ladder: Ladder) -> dict[int, int]:
    """Tier → how many real partners stand on it now."""
    from django.db.models import Count

    rows = PartnerTier.objects.open().filter(ladder=ladder, partner__is_test=False).order_by()
    return dict(rows.values_list("tier").annotate(n=Count("*")))


def _locked_draft(version: LadderVersion) -> LadderVersion:
    locked: LadderVersion | None = (
        LadderVersion.objects.select_for_update(no_key=True, of=("self",))
        .select_related("ladder")
        .filter(pk=version.pk)
        .first()
    )
    if locked is None:
        raise Refused(rules.gone_problem())
    refuse_if(rules.draft_problems(locked))
    return locked


def _own(version: LadderVersion, details: RequirementDetails) -> list[Requirement]:
    return list(Requirement.objects.filter(version=version, tier=details.tier))


def _refuse_unfit(version: LadderVersion, details: RequirementDetails, own: list[Requirement]) -> None:
    lowest = tiers_of(version.ladder)[0]
    refuse_if(rules.requirement_problems(version.ladder, details.tier, lowest, own, details.period, details.source))


def _touch(version: LadderVersion) -> None:
    """What was tried is no longer what the draft says."""
    LadderVersion.objects.filter(pk=version.pk).update(revision=F("revision") + 1)
    version.refresh_from_db(fields=["revision"])


def _described(row: Requirement) -> str:
    return f"{row.tier.name}: {label_of(row)} ≥ {row.threshold.normalize():f}"


def _note(actor: Actor, version: LadderVersion, before: Requirement | None, after: Requirement | None) -> None:
    changes = {"requirement": [_described(row) if row else None for row in (before, after)]}
    note(actor=actor, verb="partners.ladder_draft_changed", obj=version.ladder, changes=changes)
