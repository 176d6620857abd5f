"""Calls for partners: what they say, what they ask, how answers are weighed, in which words they are declined."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.db import models
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from partners.forms.applying import NEEDED
from partners.forms.fields import ColleagueField, colleagues, screeners
from partners.models import Attribute, DeclineReason, Group, RecruitmentCall
from partners.names import fold
from partners.queries.groups import groups_for_choice
from partners.queries.recruitment import KINDS, attributes_for_questions, products_for_questions
from partners.recruiting.questions import ATTRIBUTE, COUNTRY, FIELDS, LANGUAGE, PRODUCTS, REGION, Kind, Question
from partners.recruiting.scoring import TESTS, Criterion, Test, tests_for
from partners.recruiting.wordings import decline_words
from partners.services.recruitment import CallDetails
from prm.accounts.models import Membership
from prm.web.forms import EditForm, Form
from prm.web.widgets import Switch

_MOST_SHOWN = 12
_GAP = "-gap"
WEIGHTS = [(0, _("Not weighed")), (1, _("Nice to have")), (3, _("Matters")), (5, _("Decides"))]
_FIELD_LABELS = {
    "name": _("Company name"),
    "domain": _("Domain"),
    "website": _("Website"),
    "country": _("Country"),
    "region": _("Region"),
    "language": _("Language"),
}


class _People(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Some of the active colleagues, by name."""

    def label_from_instance(self, obj: Membership) -> str:
        return str(obj.person)


class CallForm(EditForm):
    title = forms.CharField(
        label=_("Title"), max_length=120, help_text=_("For example: Become a Stratus partner in the Nordics.")
    )
    group = forms.ModelChoiceField(
        label=_("For the group"),
        queryset=Group.objects.none(),
        required=False,
        empty_label=_("the whole partner program"),
        help_text=_("Who is accepted comes into this group, and what it starts begins."),
    )
    why = forms.CharField(
        label=_("Why partner with us?"), max_length=2000, required=False, widget=forms.Textarea({"rows": 4})
    )
    gains = forms.CharField(
        label=_("What partners get"), max_length=2000, required=False, widget=forms.Textarea({"rows": 3})
    )
    expectations = forms.CharField(
        label=_("What we expect"), max_length=2000, required=False, widget=forms.Textarea({"rows": 3})
    )
    opens_on = forms.DateField(label=_("Open from"), required=False)
    closes_on = forms.DateField(label=_("Open until"), required=False)
    answer_days = forms.IntegerField(
        label=_("Days until we answer"), min_value=1, max_value=90, initial=14, help_text=_("Applicants read it.")
    )
    account_manager = ColleagueField(label=_("Who takes over"), help_text=_("Account manager of those accepted."))
    reviewers = _People(
        label=_("Reviewers"),
        queryset=Membership.everywhere.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("New applications are spread among them."),
    )
    targets = forms.ModelMultipleChoiceField(
        label=_("Other groups for those accepted"),
        queryset=Group.objects.none(),
        required=False,
        widget=forms.SelectMultiple({"size": 4}),
        help_text=_("Groups by rule fill themselves; choose only those filled by hand."),
    )
    checklist = forms.CharField(
        label=_("Checklist"),
        max_length=3000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("What a reviewer looks at, one a line. Only colleagues see it."),
    )
    reapply_months = forms.IntegerField(
        label=_("Months until a declined company may apply again"), min_value=0, max_value=60, initial=6
    )
    keep_months = forms.IntegerField(
        label=_("Months that declined applications are kept"),
        min_value=1,
        max_value=60,
        initial=12,
        help_text=_("Then everything about people is erased; figures stay."),
    )

    def account_manager_choices(self) -> models.QuerySet[Membership]:
        return colleagues()

    def reviewers_choices(self) -> models.QuerySet[Membership]:
        return screeners()

    def group_choices(self) -> models.QuerySet[Group]:
        return groups_for_choice()

    def targets_choices(self) -> models.QuerySet[Group]:
        return groups_for_choice()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("opens_on"), cleaned.get("closes_on")
        if begins and ends and ends < begins:
            self.add_error("closes_on", _("This day is before the first one."))
        return cleaned

    def details(self) -> CallDetails:
        values = {name: self.cleaned_data[name] for name in CallDetails.__dataclass_fields__ if name != "checklist"}
        return CallDetails(
            **values | {"targets": list(values["targets"]), "reviewers": list(values["reviewers"])},
            checklist=self.cleaned_data["checklist"].splitlines(),
        )

    @classmethod
    def initial_of(cls, call: RecruitmentCall) -> dict[str, Any]:
        plain = CallDetails.__dataclass_fields__.keys() - {"group", "account_manager", "targets", "reviewers"}
        return {
            **{name: getattr(call, name) for name in plain},
            "group": call.group_id,
            "account_manager": call.account_manager_id,
            "targets": list(call.targets.values_list("group", flat=True)),
            "reviewers": list(call.reviewers.values_list("membership", flat=True)),
            "checklist": "\n".join(row["label"] for row in call.checklist),
            "revision": call.revision,
        }


class QuestionForm(Form):
    """One question of a call. What it fills decides its kind, where it fills something."""

    label = forms.CharField(label=_("Question"), max_length=200)
    hint = forms.CharField(label=_("What is meant"), max_length=200, required=False)
    target = forms.ChoiceField(
        label=_("The answer fills"),
        required=False,
        help_text=_("When they are accepted, the answer stands in the partner’s record."),
    )
    kind = forms.ChoiceField(
        label=_("Kind of answer"),
        choices=Kind.choices,
        initial=Kind.SHORT,
        help_text=_("Where the answer fills something, that decides the kind."),
    )
    choices = forms.CharField(
        label=_("What may be chosen"),
        max_length=3000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("One a line; for lists only."),
    )
    is_required = forms.BooleanField(label=_("An answer is needed"), required=False, widget=Switch)

    def __init__(self, *args: Any, before: Question | None = None, **kwargs: Any) -> None:
        self.before = before
        self.attributes = {f"{ATTRIBUTE}{row.public_id}": row for row in attributes_for_questions()}
        super().__init__(*args, **kwargs)
        listed = [(name, _FIELD_LABELS[name]) for name in FIELDS]
        own = [(key, row.name) for key, row in self.attributes.items()]
        products = (PRODUCTS, _("nothing: it is counted by product in the coverage grid"))
        nothing = ("", _("nothing: it is for us to read"))
        self.fields["target"].choices = [nothing, products, *listed, *own]  # type: ignore[attr-defined]
        if before is not None:
            self.fields["kind"].disabled = True

    def question(self) -> Question:
        cleaned = self.cleaned_data
        target = cleaned["target"]
        attribute = self.attributes.get(target)
        kind = _kind_of(target, attribute) or cleaned["kind"]
        known = {label: key for key, label in self.before.choices} if self.before else {}
        if target == PRODUCTS:
            choices = tuple(products_for_questions())
        elif attribute:
            choices = tuple(attribute.offered())
        else:
            choices = _keyed(cleaned["choices"].splitlines(), known)
        return Question(
            key=self.before.key if self.before else "",
            label=" ".join(cleaned["label"].split()),
            kind=kind,
            hint=cleaned["hint"],
            is_required=cleaned["is_required"],
            target=target,
            choices=choices if kind in (Kind.CHOICE, Kind.CHOICES) and target not in (COUNTRY, LANGUAGE) else (),
        )

    @classmethod
    def initial_of(cls, question: Question) -> dict[str, Any]:
        choices = "\n".join(label for _key, label in question.choices)
        names = ("label", "hint", "target", "kind", "is_required")
        return {name: getattr(question, name) for name in names} | {"choices": choices}


def _kind_of(target: str, attribute: Attribute | None) -> str:
    if attribute is not None:
        return KINDS[Attribute.Kind(attribute.kind)]
    if target == PRODUCTS:
        return Kind.CHOICES
    if target in (COUNTRY, LANGUAGE):
        return Kind.CHOICE
    return Kind.SHORT if target else ""


def _keyed(lines: Sequence[str], known: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """(key, label) of each line; a label that was there keeps its key, a new one gets one that can be read."""
    labels = dict.fromkeys(" ".join(line.split())[:80] for line in lines if line.strip())
    found: dict[str, str] = {}
    for label in labels:
        key = known.get(label) or fold(label).replace(" ", "-")[:40] or "choice"
        while key in found:
            key += "-"
        found[key] = label
    return tuple(found.items())


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One question in the profile's form: how it is weighed, and what of it is looked for."""

    label: str
    weight: BoundField
    fields: list[BoundField]
    gap: list[BoundField]


class ProfileForm(Form):
    """The ideal partner: for each question how much it weighs and what fits; where it can be counted, whether a gap
    is filled. `version` is the one that was read.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, questions: Sequence[Question], criteria: Sequence[Criterion], version: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"version": version}, **kwargs)
        self.questions = questions
        known = {criterion.key: criterion for criterion in criteria}
        for question in questions:
            self._add(question, known.get(question.key), known.get(question.key + _GAP))
        for field in self.fields.values():
            # What is to be filled in follows from the weights, so nothing is called optional.
            setattr(field, NEEDED, True)
        self.prepare_fields()

    def _add(self, question: Question, fit: Criterion | None, gap: Criterion | None) -> None:
        key, tests = question.key, TESTS[question.kind]
        self.fields[f"{key}_weight"] = _weight(_("How much it weighs"), fit)
        if len(tests) > 1:
            choices = [(test.value, _TEST_LABELS[test]) for test in tests]
            chosen = fit.test if fit else tests[0]
            self.fields[f"{key}_test"] = forms.ChoiceField(label=_("Fits when"), choices=choices, initial=chosen)
        if Test.ONE_OF in tests:
            self.fields[f"{key}_wanted"] = _wanted_options(question, fit)
        elif Test.CONTAINS in tests:
            words = ", ".join(fit.wanted) if fit else ""
            hint = _("With commas between; the more of them are there, the better.")
            self.fields[f"{key}_wanted"] = forms.CharField(
                label=_("Words"), max_length=400, required=False, initial=words, help_text=hint
            )
        elif Test.AT_LEAST in tests:
            self.fields[f"{key}_number"] = _number(_("How much is enough"), fit.number if fit else None, 1_000_000_000)
        counted = [test for test in tests_for(question) if test in _COUNTED_LABELS]
        if counted:
            self.fields[f"{key}_gap"] = _weight(_("A gap filled: few partners have it"), gap)
            if len(counted) > 1:
                choices = [(test.value, _COUNTED_LABELS[test]) for test in counted]
                self.fields[f"{key}_counted"] = forms.ChoiceField(
                    label=_("Which partners count"),
                    choices=choices,
                    initial=gap.test if gap else self._usually(counted),
                )
            self.fields[f"{key}_few"] = _number(_("Full with so many partners or fewer"), gap.few if gap else 0, 1000)
            self.fields[f"{key}_many"] = _number(_("Nothing from so many on"), gap.many if gap else 5, 100_000)

    def _usually(self, counted: Sequence[Test]) -> Test:
        """A cell of the coverage grid where the region is asked for, else the answer alone."""
        asks_region = any(question.target == REGION for question in self.questions)
        return Test.CELL if asks_region and Test.CELL in counted else counted[0]

    def continue_from(self, version: int) -> None:
        """Keep what was typed, to be saved over what is saved now."""
        data: Any = self.data
        self.data = data = data.copy()
        data["version"] = str(version)

    def rows(self) -> list[ProfileRow]:
        return [
            ProfileRow(
                question.label,
                self[f"{question.key}_weight"],
                self._bound(question.key, "test", "wanted", "number"),
                self._bound(question.key, "gap", "counted", "few", "many"),
            )
            for question in self.questions
        ]

    def _bound(self, key: str, *names: str) -> list[BoundField]:
        return [self[f"{key}_{name}"] for name in names if f"{key}_{name}" in self.fields]

    def criteria(self) -> list[Criterion]:
        found: list[Criterion] = []
        for question in self.questions:
            weight, gap = (self.cleaned_data.get(f"{question.key}_{name}") or 0 for name in ("weight", "gap"))
            if weight:
                found.append(self._fit(question, weight))
            if gap:
                few, many = (self.cleaned_data.get(f"{question.key}_{name}") or 0 for name in ("few", "many"))
                label = _now("%s: a gap") % question.label
                key = question.key + _GAP
                counted = [test for test in tests_for(question) if test in _COUNTED_LABELS]
                test = str(self.cleaned_data.get(f"{question.key}_counted") or counted[0])
                found.append(Criterion(key, label, question.key, test, gap, few=int(few), many=int(many)))
        return found

    def _fit(self, question: Question, weight: int) -> Criterion:
        test = self.cleaned_data.get(f"{question.key}_test") or TESTS[question.kind][0]
        criterion = Criterion(question.key, question.label, question.key, str(test), weight)
        wanted = self.cleaned_data.get(f"{question.key}_wanted") or []
        if isinstance(wanted, str):
            wanted = [" ".join(word.split()) for word in wanted.split(",") if word.strip()]
        if test in (Test.ONE_OF, Test.CONTAINS):
            return replace(criterion, wanted=tuple(wanted))
        if test in (Test.AT_LEAST, Test.BANDWIDTH):
            return replace(criterion, number=float(self.cleaned_data.get(f"{question.key}_number") or 0))
        return criterion


_TEST_LABELS = {
    Test.ONE_OF: _("it is one of these"),
    Test.AT_LEAST: _("it is at least this"),
    Test.BANDWIDTH: _("bandwidth: the more, up to this"),
    Test.CONTAINS: _("it has these words"),
    Test.FILLED: _("it is answered at all"),
    Test.YES: _("the answer is yes"),
}


_COUNTED_LABELS = {
    Test.GAP: _("all partners with this answer"),
    Test.CELL: _("those of the applicant’s region: a cell of the coverage grid"),
}


def _weight(label: Any, criterion: Criterion | None) -> forms.Field:
    weight = criterion.weight if criterion else 0
    choices: list[tuple[int, Any]] = list(WEIGHTS)
    if weight not in dict(choices):
        choices.append((weight, str(weight)))
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int, initial=weight)


def _number(label: Any, initial: float | None, most: int) -> forms.Field:
    shown = int(initial) if initial is not None and initial == int(initial) else initial
    return forms.DecimalField(label=label, min_value=0, max_value=most, required=False, initial=shown)


def _wanted_options(question: Question, fit: Criterion | None) -> forms.Field:
    options = question.options()
    is_long = len(options) > _MOST_SHOWN
    widget = forms.SelectMultiple({"size": 6}) if is_long else forms.CheckboxSelectMultiple()
    initial = list(fit.wanted) if fit else []
    return forms.MultipleChoiceField(
        label=_("What fits"), choices=options, required=False, initial=initial, widget=widget
    )


class WordingsForm(EditForm):
    """The words of declines by reason. A proposal for each: whoever declines changes it for the one applicant."""

    def __init__(self, *args: Any, call: RecruitmentCall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for reason, label in DeclineReason.choices:
            self.fields[reason] = forms.CharField(
                label=label,
                max_length=4000,
                required=False,
                widget=forms.Textarea({"rows": 4}),
                initial=decline_words(reason, call.wordings),
            )

    def wordings(self) -> dict[str, str]:
        return {reason: self.cleaned_data[reason] for reason in DeclineReason.values}

    @classmethod
    def initial_of(cls, call: RecruitmentCall) -> dict[str, Any]:
        words = {reason: decline_words(reason, call.wordings) for reason in DeclineReason.values}
        return {**words, "revision": call.revision}
