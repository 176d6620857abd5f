"""What a team is, what it still lacks, and why somebody or something cannot come into it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import FEWEST_PEOPLE, MOST_PEOPLE, Cohort, Seat, Team, TeamMember, TeamPlan
from cohorts.parts import Part
from prm.accounts.models import Membership
from prm.problems import Problem

MOST_FUNCTIONS = 8
LONGEST_FUNCTION = 40


@dataclass(frozen=True, slots=True)
class Function:
    """A function that people of a team have, and how many of a team should have it (0: welcome, not missed)."""

    name: str
    wanted: int = 1


@dataclass(frozen=True, slots=True)
class TeamShape:
    """Of how many people a team is at most, and which functions are wanted in it."""

    largest: int = MOST_PEOPLE
    functions: tuple[Function, ...] = field(default_factory=tuple)

    @property
    def names(self) -> list[str]:
        return [function.name for function in self.functions]


def shape_of_plan(plan: TeamPlan | None) -> TeamShape:
    """What a plan says; without one, what holds everywhere."""
    return TeamShape() if plan is None else shape_of_rows(plan.functions, plan.largest)


def shape_of_rows(rows: Iterable[Mapping[str, Any]], largest: int = MOST_PEOPLE) -> TeamShape:
    """Functions as a plan keeps them."""
    return TeamShape(largest, tuple(Function(str(row["name"]), int(row["wanted"])) for row in rows))


def functions_in(text: str) -> tuple[Function, ...]:
    """Functions written one a line, the number wanted first where it is not one: "2 Technical"."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        number, _space, name = line.partition(" ")
        is_counted = number.isdecimal() and len(number) < 3 and bool(name.strip())
        found.append(Function(name.strip(), int(number)) if is_counted else Function(line))
    return tuple(found)


def functions_as_text(functions: Sequence[Function]) -> str:
    return "\n".join(f"{function.wanted} {function.name}" for function in functions)


def shape_problems(shape: TeamShape) -> list[Problem]:
    """What is wrong with a team's size and functions as they were written."""
    names = [name.casefold() for name in shape.names]
    problems = []
    if len(names) > MOST_FUNCTIONS:
        text = _("Name %(n)d functions at most.") % {"n": MOST_FUNCTIONS}
        problems.append(Problem("too_many", text, field="functions"))
    if any(len(name) > LONGEST_FUNCTION for name in names):
        text = _("A function is a short name, of %(n)d letters at most.") % {"n": LONGEST_FUNCTION}
        problems.append(Problem("too_long", text, field="functions"))
    if len(set(names)) < len(names):
        problems.append(
            Problem("twice", _("Each function stands there once, with the number wanted."), field="functions")
        )
    wanted = sum(function.wanted for function in shape.functions)
    if wanted > shape.largest:
        text = _("%(wanted)d people are wanted, and a team has %(largest)d at most.")
        values = {"wanted": wanted, "largest": shape.largest}
        problems.append(Problem("more_than_fit", text % values, field="functions"))
    return problems


def missing_functions(shape: TeamShape, had: Iterable[str]) -> list[str]:
    """The functions that are wanted and that nobody has, each as often as it is missing."""
    present = Counter(name.casefold() for name in had if name)
    return [
        function.name
        for function in shape.functions
        for _number in range(max(function.wanted - present[function.name.casefold()], 0))
    ]


def missing_words(missing: Sequence[str]) -> str:
    """ "Technical still missing", empty where nothing is. It is shown, and nobody is refused for it."""
    return _("%(functions)s still missing") % {"functions": ", ".join(missing)} if missing else ""


def size_words(people: int) -> str:
    return ngettext("%(n)d person", "%(n)d people", people) % {"n": people}


def switch_problems(*, holder: Cohort, parts: Iterable[str], has_people: bool) -> list[Problem]:
    """Why seats cannot become a team's, or a person's again: what was counted would be something else."""
    if holder.uses(Part.TEAMS) == (Part.TEAMS in parts) or not has_people:
        return []
    text = _("Somebody has applied or was invited: from then on seats stay what they are, for teams or for people.")
    return [Problem("people", text, field="parts")]


def teammate_problems(
    *,
    cohort: Cohort,
    team: Team,
    people: int,
    shape: TeamShape,
    function: str,
    is_named: bool,
    is_elsewhere: bool,
    first_session_at: datetime | None,
    now: datetime,
) -> list[Problem]:
    """Why one more person cannot be named for a team of so many `people`, whoever names them."""
    problems = naming_problems(cohort=cohort, team=team, first_session_at=first_session_at, now=now)
    if problems:
        return problems
    if people >= shape.largest:
        text = _("A team has %(n)d people at most. Take somebody off first.") % {"n": shape.largest}
        return [Problem("team_full", text)]
    if is_named:
        return [Problem("named", _("This person is in the team already."), field="email")]
    if is_elsewhere:
        return [Problem("elsewhere", _("This person is in another team, or has a seat of their own."), field="email")]
    if function and function not in shape.names:
        return [Problem("no_function", _("Choose one of the functions."), field="function")]
    return []


def naming_problems(*, cohort: Cohort, team: Team, first_session_at: datetime | None, now: datetime) -> list[Problem]:
    """Why a team cannot change any more. A place that falls free is filled again until the first session."""
    if team.state == Team.State.ENDED:
        return [Problem("no_seat", _("This team has no seat any more."))]
    if cohort.state in Cohort.ENDED:
        return [Problem("over", _("This cohort is over."))]
    if first_session_at is None or first_session_at <= now:
        return [Problem("begun", _("The first session has begun: a team stays as it is from then on."))]
    return []


def colleague_of_team_problems(
    *, email: str, member: Membership | None, is_same_partner: bool, domains: frozenset[str]
) -> list[Problem]:
    """Why somebody of a partner cannot name this address: a team is of one company, and whoever is new joins it."""
    if member is not None and not member.is_partner:
        return [Problem("not_a_partner", _("Only active people of your company can be in its team."), field="email")]
    if member is not None and not is_same_partner:
        return [Problem("other_company", _("This person works for another company."), field="email")]
    if member is None and email.rpartition("@")[2] not in domains:
        text = _("Name a colleague with an address at %(domains)s. For anybody else, write to us.")
        return [Problem("other_company", text % {"domains": ", ".join(sorted(domains))}, field="email")]
    return []


def team_size_problems(people: int) -> list[Problem]:
    """Why a team cannot apply or be invited yet: functions that are missing are no reason."""
    if people >= FEWEST_PEOPLE:
        return []
    return [Problem("too_few", _("A seat here is a team’s, of two people at least: name a colleague first."))]


def team_invitation_problems(
    *, cohort: Cohort, emails: Sequence[str], shape: TeamShape, last_session_at: datetime | None, now: datetime
) -> list[Problem]:
    """Why staff cannot ask these addresses straight in as one team."""
    if cohort.state not in Cohort.UNDER_WAY:
        return [Problem("wrong_stage", _("Teams are invited from the moment the cohort is open until it is over."))]
    if last_session_at is None or last_session_at <= now:
        return [Problem("over", _("There is no session ahead."))]
    if len(set(emails)) < len(emails):
        return [Problem("twice", _("Each person stands there once."))]
    if len(emails) > shape.largest:
        return [Problem("team_full", _("A team has %(n)d people at most.") % {"n": shape.largest})]
    if cohort.seats_left <= 0:
        return [Problem("full", _("All seats are taken."))]
    return team_size_problems(len(emails))


def invited_person_problems(*, function: str, names: Sequence[str], is_elsewhere: bool) -> list[Problem]:
    """Why staff cannot have this person in the team that they invite."""
    problems = []
    if is_elsewhere:
        problems.append(
            Problem("elsewhere", _("This person is in another team, or has a seat of their own."), field="email")
        )
    if function and function not in names:
        problems.append(Problem("no_function", _("Choose one of the functions."), field="function"))
    return problems


def team_offer_problems(
    *, cohort: Cohort, team: Team, people: int, last_session_at: datetime | None, now: datetime
) -> list[Problem]:
    """Why staff cannot offer a seat to this team now."""
    if team.state in (Team.State.OFFERED, Team.State.HELD):
        return [Problem("holds", _("This team holds a seat or an offer already."))]
    if team.state == Team.State.FORMING:
        return [Problem("not_decided", _("Decide about its application first."))]
    if cohort.state in Cohort.ENDED:
        return [Problem("over", _("This cohort is over."))]
    if last_session_at is None or last_session_at <= now:
        return [Problem("over", _("There is no session ahead."))]
    if not people:
        return [Problem("nobody", _("Nobody is left in this team."))]
    if cohort.seats_left <= 0:
        return [Problem("full", _("All seats are taken."))]
    return []


def team_extension_problems(*, is_awaited: bool, confirm_by: datetime, now: datetime) -> list[Problem]:
    if not is_awaited:
        return [Problem("not_offered", _("Nobody of this team has still to answer."))]
    if confirm_by <= now:
        return [Problem("past", _("Choose a moment in the future."), field="until")]
    return []


def team_release_problems(*, cohort: Cohort, team: Team) -> list[Problem]:
    if team.state not in (Team.State.WAITING, Team.State.OFFERED, Team.State.HELD):
        return [Problem("no_seat", _("There is no seat to release."))]
    if cohort.state in Cohort.ENDED:
        return [Problem("over", _("This cohort is over."))]
    return []


def answer_problems(member: TeamMember | None) -> list[Problem]:
    """Why somebody cannot say whether they come along."""
    if member is None or member.state not in (TeamMember.State.ASKED, TeamMember.State.WILLING):
        return [Problem("not_asked", _("Nobody asks you for a team here now."))]
    return []


def taking_off_problems(member: TeamMember) -> list[Problem]:
    """Why a colleague cannot be taken off: who has said yes to a seat gives it back themselves."""
    if member.state == TeamMember.State.CONFIRMED:
        return [Problem("confirmed", _("Who has confirmed a place gives it back themselves."))]
    if member.state == TeamMember.State.LEFT:
        return [Problem("left", _("This person is not in the team any more."))]
    return []


def is_short(team: Team, confirmed: int) -> bool:
    """Whether a team keeps a seat for fewer than two people: staff call, or release it."""
    return team.state == Team.State.HELD and confirmed < FEWEST_PEOPLE


def single_seat_problems(*, cohort: Cohort, seat: Seat) -> list[Problem]:
    """Why a place is not offered to one person: where seats are for teams, the team is."""
    if seat.counts and cohort.uses(Part.TEAMS):
        return [Problem("team", _("Seats are for teams here: offer it to the team, or let it name this person."))]
    return []
