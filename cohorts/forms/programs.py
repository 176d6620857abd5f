"""Forms of facilitators about programs: words, parts, syllabus, prerequisites, goals, experts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cohorts.forms.planning import chosen_facilitators, facilitators_field, sensible_day
from cohorts.models import Cohort, Expert, Program, ProgramGoal, Subject
from cohorts.parts import SENTENCES, Part
from cohorts.queries.prerequisites import choices
from cohorts.rules.programs import MOST_SUBJECTS
from cohorts.services.entrance import ExpertDetails
from cohorts.services.prerequisites import Asked
from cohorts.services.programs import Words
from cohorts.services.syllabus import SubjectPlan
from cohorts.shapes.lines import NoItem, as_lines, from_lines
from enablement.queries.recall import content_choices
from partners.models import Product
from prm.accounts.models import Membership
from prm.files.types import TYPES
from prm.web.forms import EditForm, Form
from prm.web.widgets import CheckCards, FileDrop, MarkdownArea, RadioCards, Switch


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class ProgramForm(EditForm):
    """Everything that is written about a program."""

    title = forms.CharField(
        label=_("Title"), max_length=120, help_text=_("What people call it, in three or four words.")
    )
    promise = forms.CharField(
        label=_("Promise"),
        max_length=600,
        required=False,
        widget=_area(3),
        help_text=_("What a participant will have built at the end. Concrete, one thing, something to show."),
    )
    pain = forms.CharField(
        label=_("Burning pain"),
        max_length=600,
        required=False,
        widget=_area(2),
        help_text=_("What hurts today, in the words of those who have it."),
    )
    for_whom = forms.CharField(
        label=_("For whom"),
        max_length=600,
        required=False,
        widget=_area(2),
        help_text=_("Which work these people do, and what they should know already."),
    )
    role = forms.ChoiceField(
        label=_("Whose work"),
        choices=[("", _("Both")), *Program.Role.choices],
        required=False,
        widget=RadioCards,
    )
    stumbling_blocks = forms.CharField(
        label=_("What newcomers stumble over"),
        max_length=1500,
        required=False,
        widget=_area(3),
        help_text=_("One a line. Ask three newcomers and those who took part before. Only colleagues read it."),
    )
    weekly_minutes = forms.IntegerField(
        label=_("Minutes a week"),
        min_value=15,
        max_value=2400,
        initial=120,
        help_text=_("Sessions and homework together."),
    )
    expectations = forms.CharField(
        label=_("What you bring"),
        max_length=1500,
        required=False,
        widget=_area(4),
        help_text=_("Told when applying, with the seat, and again before sessions. Participants agree to it."),
    )
    gains = forms.CharField(label=_("What you get"), max_length=1500, required=False, widget=_area(4))
    treatment = forms.CharField(label=_("How we treat what is said"), max_length=1500, required=False, widget=_area(3))
    misses = forms.CharField(label=_("What happens if you miss"), max_length=1500, required=False, widget=_area(3))
    homework_title = forms.CharField(
        label=_("First homework"),
        max_length=120,
        required=False,
        help_text=_("Between the first session and the second. Each cohort gets a copy to change."),
    )
    homework_brief = forms.CharField(
        label=_("Its brief"),
        max_length=8000,
        required=False,
        widget=MarkdownArea({"rows": 7}),
        help_text=_("What to do, what for, and how little is enough."),
    )
    nominations_each = forms.IntegerField(
        label=_("Nominations for each partner"),
        min_value=0,
        max_value=50,
        initial=3,
        help_text=_("How many people its leads and graduates may propose for a cohort. 0 leaves it to you."),
    )
    facilitators = facilitators_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["facilitators"].required = False
        self.fields["facilitators"].label = _now("Who leads its cohorts")

    def words(self) -> Words:
        words: Any = {name: self.cleaned_data[name] for name in Words.__annotations__}
        said: Words = words
        return said

    def changes(self) -> dict[str, object]:
        return {"title": self.cleaned_data["title"], **self.words()}

    def leaders(self) -> list[Membership]:
        return chosen_facilitators(self)

    @classmethod
    def initial_of(cls, program: Program, facilitators: list[Membership]) -> dict[str, Any]:
        names = ("title", "revision", *Words.__annotations__)
        said = {name: getattr(program, name) for name in names}
        return {**said, "facilitators": [member.pk for member in facilitators]}


class PartsForm(EditForm):
    parts = forms.MultipleChoiceField(
        label=_("Parts"), choices=Part.choices, required=False, widget=CheckCards(hints=dict(SENTENCES))
    )

    def __init__(self, *args: Any, holder: Program | Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Goals are a program's: its cohorts count towards them, and have none of their own.
        self.kept = [] if isinstance(holder, Program) else [part for part in holder.parts if part == Part.GOALS]
        if isinstance(holder, Cohort):
            field: Any = self.fields["parts"]
            field.choices = [(part.value, part.label) for part in Part if part != Part.GOALS]

    def chosen(self) -> list[str]:
        return [*self.cleaned_data["parts"], *self.kept]

    @classmethod
    def initial_of(cls, holder: Program | Cohort) -> dict[str, Any]:
        return {"parts": holder.parts, "revision": holder.revision}


class SubjectForm(EditForm):
    title = forms.CharField(label=_("Subject"), max_length=120)
    day_offset = forms.IntegerField(
        label=_("Days after the first session"),
        min_value=0,
        max_value=730,
        help_text=_("0 for the first, 7 a week on."),
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=10, max_value=720, initial=60)
    agenda = forms.CharField(
        label=_("Agenda"),
        required=False,
        max_length=4000,
        widget=_area(8),
        help_text=_("One item a line, minutes first: “10 In pairs: what are you working on?”"),
    )
    leaves_with = forms.CharField(label=_("What people leave with"), required=False, max_length=300)
    needs_content = forms.BooleanField(
        label=_("Needs something to read before, so that live time is no lecture"), required=False, widget=Switch
    )
    contents = forms.TypedMultipleChoiceField(
        label=_("To read before"),
        required=False,
        coerce=int,
        choices=lambda: [(choice.id, choice.label) for choice in content_choices()],
        widget=CheckCards,
    )

    def __init__(self, *args: Any, known: list[dict[str, Any]] | None = None, **kwargs: Any) -> None:
        self.known = known or []
        super().__init__(*args, **kwargs)

    def clean_agenda(self) -> tuple[dict[str, Any], ...]:
        try:
            return from_lines(self.cleaned_data["agenda"], self.known)
        except NoItem as problem:
            text = _now("“%(line)s” has no minutes: begin each line with a number.")
            raise ValidationError(text, code="minutes", params={"line": problem.args[0][:60]}) from None

    def plan(self) -> SubjectPlan:
        return SubjectPlan(**{name: self.cleaned_data[name] for name in SubjectPlan.__dataclass_fields__})

    @classmethod
    def initial_of(cls, subject: Subject, content_ids: list[int]) -> dict[str, Any]:
        names = ("title", "day_offset", "minutes", "leaves_with", "needs_content", "revision")
        said = {name: getattr(subject, name) for name in names}
        return {**said, "agenda": as_lines(subject.agenda), "contents": content_ids}

    @staticmethod
    def next_offset(subjects: list[Subject]) -> int:
        return min(subjects[-1].day_offset + 7, 730) if subjects[:MOST_SUBJECTS] else 0


def _ids_field(label: Any, hint: Any = "") -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(label=label, required=False, coerce=int, widget=CheckCards, help_text=hint)


class PrerequisitesForm(Form):
    """Of one kind any is enough, of several kinds each is needed."""

    groups = _ids_field(_("Partners of these groups"))
    tiers = _ids_field(_("Partners from this tier on"))
    certificates = _ids_field(_("People with this certificate"), _("Of a cohort program that they graduated from."))
    products = _ids_field(_("Partners with a right to these products"))

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in choices().items():
            field: Any = self.fields[name]
            field.choices = [choice for choice in offered if name != "certificates" or choice[0] != program.pk]
            if not field.choices:
                del self.fields[name]

    def asked(self) -> Asked:
        return Asked(**{name: self.cleaned_data.get(name, ()) for name in Asked.__dataclass_fields__})


class GoalForm(Form):
    kind = forms.ChoiceField(label=_("What is counted"), choices=ProgramGoal.Kind.choices, widget=RadioCards)
    product = forms.ModelChoiceField(
        label=_("Product"), queryset=Product.objects.none(), required=False, to_field_name="public_id"
    )
    target = forms.IntegerField(label=_("How many"), min_value=1, max_value=1000000)
    due_on = forms.DateField(label=_("By"), widget=forms.DateInput)

    def product_choices(self) -> Any:
        return Product.objects.filter(retired_on=None).order_by("normalized_name")

    def clean_due_on(self) -> Any:
        return sensible_day(self.cleaned_data["due_on"])


class ExpertForm(EditForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    work = forms.CharField(label=_("What they do"), max_length=120, required=False)
    bio = forms.CharField(
        label=_("In a few sentences"),
        max_length=600,
        required=False,
        widget=_area(4),
        help_text=_("What they have done that participants want to do."),
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=FileDrop,
        help_text=_("Anybody with the page’s link sees it: ask them first."),
    )
    is_photo_removed = forms.BooleanField(label=_("Take the photo away"), required=False)

    def __init__(self, *args: Any, expert: Expert | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photo"].max_size = TYPES["jpg"].most_bytes  # type: ignore[attr-defined]
        if expert is None or expert.photo_id is None:
            del self.fields["is_photo_removed"]

    def details(self) -> ExpertDetails:
        return ExpertDetails(**{name: self.cleaned_data[name] for name in ExpertDetails.__dataclass_fields__})

    @classmethod
    def initial_of(cls, expert: Expert) -> dict[str, Any]:
        return {name: getattr(expert, name) for name in ("name", "work", "bio", "revision")}
