"""Who would be in the room: people with a seat, an offer or a drafted yes, counted by what makes a good mixture."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, FilteredRelation, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from cohorts.first_questions import EXPERIENCE, LEVELS
from cohorts.models import Application, Cohort, Decision, Seat, SelectionPlan
from cohorts.queries.selection_plans import form_of
from partners.countries import country_name
from partners.models import PersonProfile
from partners.queries.profiles import functions_for_staff
from prm.tenancy.prepared import prepared

type Words = dict[str, str]


@dataclass(frozen=True, slots=True)
class Guest:
    """One who would be there. What is not known is empty."""

    experience: str
    company: str
    country: str
    region: str
    function: str


@dataclass(frozen=True)
class Composition:
    """Parts are (label, count), the most frequent first. `newcomer` is who is counted although nothing is drafted.

    Where seats are for teams, `total` counts teams, and `functions` are those of their people.
    """

    total: int
    capacity: int
    experience: list[tuple[str, int]]
    companies: list[tuple[str, int]]
    countries: list[tuple[str, int]]
    regions: list[tuple[str, int]]
    functions: list[tuple[str, int]]
    newcomer: str = ""
    is_for_teams: bool = False

    @property
    def over(self) -> int:
        return max(self.total - self.capacity, 0)


def experience_words(plan: SelectionPlan) -> Words:
    """By an option's key what staff read of it; the question may have been written anew, or be asked no longer."""
    question = next((row for row in form_of(plan) if row.key == EXPERIENCE), None)
    return {key: str(LEVELS.get(key, label)) for key, label in (question.options if question else ())}


def holding_seats(cohort: Cohort) -> list[Seat]:
    """The seats that are taken or offered, each with `function`."""
    return _holding(cohort.pk)


@prepared
def _holding(cohort_id: int) -> QuerySet[Seat]:
    rows: Any = Seat.objects.holding().participants().filter(cohort=cohort_id).select_related("application", "partner")
    found: QuerySet[Seat] = rows.annotate(function=functions_for_staff("membership"))
    return found


def guest_of(seat: Any) -> Guest:
    """Somebody with one of `holding_seats`."""
    partner = seat.partner
    experience = str(seat.application.answers.get(EXPERIENCE) or "") if seat.application else ""
    return Guest(
        experience=experience,
        company=partner.name if partner else "",
        country=partner.country if partner else "",
        region=partner.region if partner else "",
        function=seat.function or "",
    )


def composed(cohort: Cohort, guests: Iterable[Guest], words: Words, newcomer: str = "") -> Composition:
    inside = list(guests)
    functions = dict(PersonProfile.Function.choices)
    return Composition(
        total=len(inside),
        capacity=cohort.capacity,
        experience=_counted((row.experience for row in inside if words), lambda key: words.get(key, _("not said"))),
        companies=Counter(row.company for row in inside if row.company).most_common(12),
        countries=_counted((row.country for row in inside if row.country), country_name)[:8],
        regions=Counter(row.region for row in inside if row.region).most_common(8),
        functions=_counted(
            (row.function for row in inside if row.function in functions), lambda key: str(functions[key])
        ),
        newcomer=newcomer,
    )


def _counted(keys: Iterable[str], word: Callable[[str], str]) -> list[tuple[str, int]]:
    """(word, how often), the most frequent first; keys of the same word are one."""
    counted: Counter[str] = Counter()
    for key, count in Counter(keys).items():
        counted[word(key)] += count
    return counted.most_common()


@dataclass(frozen=True, slots=True)
class Waiting:
    """An application that waits for a decision; `kind` is what is drafted about it. `about` are the fields of its
    `guest`, who has a function only where the room is asked about it: of a drafted yes, and of the application that
    one looks at.
    """

    public_id: str
    partner_id: int | None
    kind: str
    about: tuple[str | None, ...]

    @property
    def company(self) -> str:
        return self.about[1] or ""

    @property
    def guest(self) -> Guest:
        return Guest(*(str(value or "") for value in self.about))


def waiting_in(cohort: Cohort, about: Application) -> list[Waiting]:
    """Everybody who waits for a decision in this cohort, longest waiting first; one query."""
    return [Waiting(row[0], row[1], row[2] or "", row[3:]) for row in _waiting(cohort.pk, about.pk)]


@prepared
def _waiting(cohort_id: int, about_id: int) -> QuerySet[Any, tuple[Any, ...]]:
    current = FilteredRelation("decisions", condition=Q(decisions__reversed_at__isnull=True))
    is_asked = Q(current__kind=Decision.Kind.ACCEPT) | Q(pk=about_id)
    function = Case(When(is_asked, then=functions_for_staff("membership")), default=Value(""), output_field=CharField())
    rows: Any = Application.objects.waiting_for_decision().filter(cohort=cohort_id).longest_waiting_first()
    columns = ("experience", "partner__name", "partner__country", "partner__region", "function")
    found: QuerySet[Any, tuple[Any, ...]] = rows.annotate(
        current=current, function=function, experience=KeyTextTransform(EXPERIENCE, "answers")
    ).values_list("public_id", "partner", "current__kind", *columns)
    return found


def neighbours(application: Application, waiting: Sequence[Waiting]) -> tuple[str, str]:
    """The ids of the undecided applications before and after this one; empty where there is none."""
    listed = [row.public_id for row in waiting]
    if application.public_id not in listed:
        return "", ""
    place = listed.index(application.public_id)
    before = listed[place - 1] if place else ""
    return before, listed[place + 1] if place + 1 < len(listed) else ""


def room_with(
    application: Application, plan: SelectionPlan, kind: str, seats: Iterable[Seat], waiting: Iterable[Waiting]
) -> Composition:
    """The room of an application's cohort, beside its `holding_seats`, if `kind` were decided about it."""
    others = [row for row in waiting if row.public_id != application.public_id]
    own = [row for row in waiting if row.public_id == application.public_id]
    yes = Decision.Kind.ACCEPT
    guests = [row.guest for row in others if row.kind == yes]
    guests += [row.guest for row in own if (kind or row.kind) == yes]
    guests += [guest_of(seat) for seat in seats]
    newcomer = str(application.membership.person) if own and kind == yes else ""
    return composed(application.cohort, guests, experience_words(plan), newcomer)
