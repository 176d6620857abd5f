"""What draws people in on the invitation page: experts, words of graduates, faces of those who are in. One query."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, JSONObject, NullIf

from cohorts.models import (
    Cohort,
    CohortFacilitator,
    Expert,
    Prerequisite,
    Seat,
    SelectionPlan,
    Testimonial,
)
from cohorts.queries.expectations import newest_number
from cohorts.queries.prerequisites import ASKED, asked_of
from cohorts.queries.selection_plans import form_from
from cohorts.questions import Question
from partners.models import PartnerLogo, PartnerUser
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.prepared import prepared

MOST_WORDS = 4
MOST_LOGOS = 16


@dataclass(frozen=True, slots=True)
class ShownExpert:
    name: str
    work: str
    bio: str
    photo: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a graduate said, and who it is, as far as they are called anything."""

    words: str
    name: str
    company: str


@dataclass(frozen=True, slots=True)
class Face:
    name: str
    company: str


@dataclass(frozen=True, slots=True)
class Logo:
    company: str
    url: str


@dataclass(frozen=True)
class Entrance:
    """`questions` are the application's; `version` numbers the expectations as they are now, None before any."""

    facilitators: list[str]
    asked: list[Prerequisite]
    experts: list[ShownExpert]
    words: list[Words]
    faces: list[Face]
    logos: list[Logo]
    questions: list[Question]
    version: int | None

    @property
    def companies(self) -> list[str]:
        return list(dict.fromkeys(face.company for face in self.faces if face.company))


def entrance_of(cohort: Cohort) -> Entrance:
    """Everything that others agreed to have shown, for anybody who has the link."""
    (annotated,) = _parts(cohort.pk)
    row = {name.removeprefix("shown_"): value for name, value in annotated.items()}
    program_id = cohort.program.public_id
    return Entrance(
        facilitators=row["leaders"],
        asked=[asked_of(told) for told in row["asked"]],
        experts=[_expert(told, program_id) for told in row["told"]],
        words=[Words(**told) for told in row["words"]],
        faces=_as_seen(cohort, row["faces"]),
        logos=[Logo(told["name"], address("cohort_logo", cohort.public_id, told["id"])) for told in row["logos"]],
        questions=form_from(row["questions"]),
        version=row["version"],
    )


@prepared
def _parts(cohort_id: int) -> QuerySet[Any, Any]:
    parts = {"leaders": _leaders(), "asked": _asked(), "told": _experts(), "words": _words(), "faces": _faces()}
    logos = shown_logos(OuterRef("pk"), OuterRef("program"))
    parts["logos"] = logos.values(row=JSONObject(**_LOGO))[:MOST_LOGOS]
    found: dict[str, Any] = {f"shown_{name}": ArraySubquery(rows) for name, rows in parts.items()}
    plans = SelectionPlan.objects.filter(cohort=OuterRef("pk"))
    found["shown_questions"] = Subquery(plans.values("questions"))
    found["shown_version"] = Subquery(newest_number(OuterRef("program")))
    rows: QuerySet[Any, Any] = Cohort.objects.filter(pk=cohort_id).annotate(**found).values(*found)
    return rows


def _leaders() -> QuerySet[Any, Any]:
    rows = CohortFacilitator.objects.filter(cohort=OuterRef("pk"), membership__state=Membership.State.ACTIVE)
    shown = Coalesce(
        NullIf("membership__person__name", Value("")), "membership__person__email", output_field=CharField()
    )
    return rows.order_by("pk").values(shown=shown)


def _asked() -> QuerySet[Any, Any]:
    rows = Prerequisite.objects.filter(program=OuterRef("program")).order_by("pk")
    return rows.values(row=JSONObject(**ASKED))


def _experts() -> QuerySet[Any, Any]:
    rows = Expert.objects.filter(program=OuterRef("program")).order_by("position", "pk")
    has_photo = ExpressionWrapper(Q(photo__isnull=False), output_field=BooleanField())
    told = JSONObject(id=F("public_id"), name=F("name"), work=F("work"), bio=F("bio"), has_photo=has_photo)
    return rows.values(row=told)


def _words() -> QuerySet[Any, Any]:
    rows = Testimonial.objects.shown().filter(cohort__program=OuterRef("program")).exclude(words="")
    company = PartnerUser.objects.filter(membership=OuterRef("membership")).values("partner__name")[:1]
    told = JSONObject(
        words=F("words"), name=F("membership__person__name"), company=Coalesce(Subquery(company), Value(""))
    )
    return rows.order_by("-written_at", "-pk").values(row=told)[:MOST_WORDS]


def _faces() -> QuerySet[Any, Any]:
    rows = Seat.objects.confirmed().filter(cohort=OuterRef("pk"), shown_at__isnull=False)
    told = JSONObject(name=F("membership__person__name"), company=F("partner__name"))
    return rows.order_by("shown_at", "pk").values(row=told)


_LOGO = {"id": F("public_id"), "name": F("partner__name")}


def shown_logos(cohort_id: Any, program_id: Any) -> QuerySet[PartnerLogo]:
    """Logos that their companies let strangers see, of who is in and lets themselves be named, or was in before.

    Only of cohorts whose people know one another. Who is in a cohort that is not over decides for themselves; of one
    that is over the company's word is enough.
    """
    seats = Seat.objects.confirmed().filter(partner=OuterRef("partner"), role=Seat.Role.PARTICIPANT)
    seats = seats.filter(cohort__roster=Cohort.Roster.NAMED)
    before = seats.filter(cohort__program=_up(program_id), cohort__state=Cohort.State.FINISHED)
    inside = seats.filter(cohort=_up(cohort_id), shown_at__isnull=False)
    shown = Exists(before.exclude(cohort=_up(cohort_id))) | Exists(inside)
    rows = PartnerLogo.objects.filter(shown, shown_at__isnull=False, partner__archived_at=None, partner__is_test=False)
    found: QuerySet[PartnerLogo] = rows.order_by("partner__normalized_name", "pk")
    return found


def _up(value: Any) -> Any:
    """A value of the outermost query, seen from two queries further in."""
    return OuterRef(value) if isinstance(value, OuterRef) else value


def _expert(told: dict[str, Any], program_id: str) -> ShownExpert:
    photo = address("expert_photo", program_id, told["id"]) if told["has_photo"] else ""
    return ShownExpert(told["name"], told["work"], told["bio"], photo)


def _as_seen(cohort: Cohort, rows: list[dict[str, Any]]) -> list[Face]:
    """As much of each as the cohort's roster shows to its own people; nothing where they do not know one another."""
    match cohort.roster:
        case Cohort.Roster.HIDDEN:
            return []
        case Cohort.Roster.FIRST_NAMES:
            return [Face(row["name"].partition(" ")[0], "") for row in rows if row["name"]]
    return [Face(row["name"], row["company"] or "") for row in rows if row["name"]]
