"""What is refused about ladders, their rules, and moving partners between tiers."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from partners.models import Ladder, LadderVersion, PartnerUser, Requirement, Tier, TierAppeal, TierHold, TierMove
from prm.problems import Problem

MOST_TIERS = 8
MOST_REQUIREMENTS = 8


def tier_problems(ladder: Ladder, tiers: int) -> list[Problem]:
    """Why no tier can be added; `tiers` is how many there are."""
    if ladder.archived_at is not None:
        return [Problem("ladder_archived", _("This ladder is archived. Bring it back first."))]
    if tiers >= MOST_TIERS:
        return [Problem("too_many", _("A ladder has eight tiers at most. More than that nobody can tell apart."))]
    return []


def review_problems(review: str, requirements: Sequence[Requirement]) -> list[Problem]:
    """Why a ladder cannot be reviewed so often; `requirements` are those that apply or are written."""
    counted = (Requirement.Source.MEASURE, Requirement.Source.NUMBER)
    yearly = [row for row in requirements if row.period == Requirement.Period.YEAR and row.source in counted]
    if review != Ladder.Review.QUARTER or not yearly:
        return []
    words = _("A requirement counts the fiscal year: nobody can do a year's work every quarter. Change it first.")
    return [Problem("period_too_long", words, "review")]


def tier_archive_problems(tier: Tier, standing: int, tiers: int) -> list[Problem]:
    """Why a tier cannot be put away: `standing` partners are on it, the ladder has `tiers`."""
    if standing:
        words = _("%(n)d partners stand on %(tier)s. It can go when nobody does.")
        return [Problem("tier_in_use", words % {"n": standing, "tier": tier.name})]
    if tiers <= 1:
        return [Problem("last_tier", _("This is the only tier of its ladder. Archive the ladder instead."))]
    return []


def draft_problems(version: LadderVersion) -> list[Problem]:
    """Why nothing in a version can be changed."""
    if version.is_draft:
        return []
    return [Problem("not_draft", _("This version is decided. Begin a new one to change the requirements."))]


def requirement_problems(
    ladder: Ladder, tier: Tier, lowest: Tier, present: Sequence[Requirement], period: str, source: str
) -> list[Problem]:
    """Why a requirement cannot be added to a tier; `present` are the tier's own."""
    if tier.pk == lowest.pk:
        words = _("Partners start at %s, so it asks for nothing. Put requirements on the tiers above it.")
        return [Problem("lowest_tier", words % tier.name, "tier")]
    if len(present) >= MOST_REQUIREMENTS:
        return [Problem("too_many", _("Eight requirements for one tier are enough: nobody can follow more."))]
    counts = source in (Requirement.Source.MEASURE, Requirement.Source.NUMBER)
    if counts and period == Requirement.Period.YEAR and ladder.review == Ladder.Review.QUARTER:
        words = _("Tiers of this ladder are reviewed every quarter: nobody can have done a year's work by then.")
        return [Problem("period_too_long", words, "period")]
    return []


def publish_problems(
    version: LadderVersion, requirements: int, applies_at: datetime, now: datetime, last_applies_at: datetime | None
) -> list[Problem]:
    """Why a draft cannot be decided: rules change in the light of a trial, and never backwards."""
    problems = draft_problems(version)
    if not requirements:
        problems.append(Problem("no_requirement", _("No tier asks for anything yet. Add a requirement first.")))
    if version.tried_at is None or version.tried_revision != version.revision:
        words = _("Try it first as it stands now: you will see who would rise and who would drop.")
        problems.append(Problem("not_tried", words))
    if applies_at <= now:
        problems.append(Problem("not_ahead", _("New rules apply from a day to come, never backwards."), "applies_on"))
    elif last_applies_at is not None and applies_at <= last_applies_at:
        words = _("Other rules are decided from that day on or a later one. Choose a day after it.")
        problems.append(Problem("not_after_last", words, "applies_on"))
    return problems


def hold_problems(tier: Tier, present: Tier | None, ends_at: datetime | None, now: datetime) -> list[Problem]:
    """Why a tier cannot be given or held by hand: nobody is lowered so, and every hold has an end."""
    if ends_at is None:
        return [Problem("no_end", _("Say until when. After that day the requirements decide again."), "until")]
    if ends_at <= now:
        return [Problem("ends_in_past", _("This day is over. Choose one that is still to come."), "until")]
    if present is not None and tier.rank < present.rank:
        words = _("This partner is %s. A tier is never lowered by hand: choose the same or a higher one.")
        return [Problem("lower", words % present.name, "tier")]
    return []


def appeal_problems(move: TierMove | None, user: PartnerUser, appeals: Sequence[TierAppeal]) -> list[Problem]:
    """Why this person cannot appeal."""
    if not user.is_lead:
        return [Problem("not_lead", _("An appeal is for a lead of your company. Ask one of them."))]
    if appeals:
        return [Problem("appealed", _("Your company has appealed already. The answer is on its way."))]
    if move is None or move.state != TierMove.State.TOLD:
        return [Problem("nothing_to_appeal", _("There is no notice to appeal against any more. Your tier stays."))]
    return []


def tell_problems(move: TierMove) -> list[Problem]:
    """Why a notice can no longer be changed or given."""
    if move.state == TierMove.State.PREPARED:
        return []
    return [Problem("told", _("This notice is already given or no longer needed."))]


def answer_problems(appeal: TierAppeal) -> list[Problem]:
    if appeal.is_open:
        return []
    return [Problem("answered", _("Somebody answered meanwhile."))]


def end_hold_problems(hold: TierHold) -> list[Problem]:
    if hold.ended_at is None:
        return []
    return [Problem("hold_ended", _("This has ended meanwhile."))]


def gone_problem() -> Problem:
    return Problem("gone", _("Somebody gave this draft up meanwhile."))
