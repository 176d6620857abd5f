"""The markup of fields, refusals beside them, and forms that know their organization."""

from datetime import date, time
from html.parser import HTMLParser

import pytest
from django import forms
from django.http import QueryDict

from enablement.models import Topic
from prm.problems import Problem, Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from prm.web.forms import EditForm, Form, ModelForm
from prm.web.gallery import GalleryForm


class Controls(HTMLParser):
    """The attributes of each control by its name, the last of a name winning."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.by_name: dict[str, dict[str, str | None]] = {}
        self.ids: set[str] = set()
        self.labelled: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.add(str(given["id"]))
        if tag == "label" and given.get("for"):
            self.labelled.add(str(given["for"]))
        if tag in {"input", "select", "textarea"} and given.get("name"):
            self.by_name[str(given["name"])] = given


def drawn(form: forms.BaseForm) -> Controls:
    return Controls(str(form))


def test_each_control_has_the_kits_class() -> None:
    controls = drawn(GalleryForm()).by_name
    expected = {
        "name": "form-control",
        "region": "form-select",
        "about": "form-control",
        "kind": "choice-card-input",
        "pace": "form-check-input",
        "reminders": "form-check-input",
        "file": "file-drop-input",
        "color": "form-control-color",
        "code": "code-input",
    }
    for name, css in expected.items():
        assert css in str(controls[name]["class"]).split(), name


def test_each_control_has_a_label_of_its_own() -> None:
    controls = drawn(GalleryForm())
    inputs = {str(given["id"]) for given in controls.by_name.values()}
    assert inputs <= controls.labelled


def test_wrong_field_names_its_hint_and_its_error() -> None:
    controls = drawn(GalleryForm({"name": "x" * 60, "email": "lena@"}))
    wrong = controls.by_name["name"]
    assert wrong["aria-invalid"] == "true"
    assert "is-invalid" in str(wrong["class"])
    assert str(wrong["aria-describedby"]).split() == ["id_name_helptext", "id_name_error"]
    assert {"id_name_helptext", "id_name_error"} <= controls.ids


def test_right_field_says_nothing_of_errors() -> None:
    right = drawn(GalleryForm({"name": "Nordwind", "email": "lena@"})).by_name["name"]
    assert "aria-invalid" not in right
    assert "is-invalid" not in str(right["class"])


def test_size_of_files_is_told() -> None:
    assert "10.0\xa0MB" in str(GalleryForm())


class DayForm(Form):
    starts_on = forms.DateField()
    at = forms.TimeField()
    ends_at = forms.DateTimeField()


def test_dates_have_the_browsers_pickers() -> None:
    controls = drawn(DayForm(initial={"starts_on": "2026-11-24"})).by_name
    assert [controls[name]["type"] for name in ("starts_on", "at", "ends_at")] == ["date", "time", "datetime-local"]
    assert controls["starts_on"]["value"] == "2026-11-24"


def test_refusal_stands_beside_its_field_or_above_the_form() -> None:
    form = DayForm({"starts_on": "2026-11-24", "at": "10:00", "ends_at": "2026-11-24T11:00"})
    assert form.is_valid()
    form.add_problems(Refused([Problem("late", "Too late", "at"), Problem("full", "No seat is left", "seat")]))
    assert form.errors == {"at": ["Too late"], "__all__": ["No seat is left"]}


class ChoiceForm(Form):
    topic = forms.ModelChoiceField(Topic.objects.none())


class NarrowForm(ChoiceForm):
    def topic_choices(self) -> object:
        return Topic.objects.filter(name__startswith="Pr")


class TopicForm(ModelForm[Topic]):
    class Meta:
        model = Topic
        fields = ("name",)


@pytest.fixture
def topics(acme: Organization, umbrella: Organization) -> None:
    for organization, names in ((acme, ["Pricing", "Security"]), (umbrella, ["Pricing", "Hidden"])):
        with scope(organization):
            for name in names:
                form = TopicForm({"name": name})
                assert form.is_valid(), form.errors
                form.save()


@pytest.mark.usefixtures("topics")
def test_choices_are_those_of_the_present_organization(acme: Organization, umbrella: Organization) -> None:
    with scope(acme):
        assert "Security" in str(ChoiceForm())
        assert "Hidden" not in str(ChoiceForm())
        assert "Security" not in str(NarrowForm())
    with scope(umbrella):
        assert "Hidden" in str(ChoiceForm())
        assert "Security" not in str(ChoiceForm())


@pytest.mark.usefixtures("topics")
def test_choice_of_another_organization_is_refused(acme: Organization, umbrella: Organization) -> None:
    with scope(umbrella):
        foreign = Topic.objects.get(name="Hidden").pk
    with scope(acme):
        assert not ChoiceForm({"topic": foreign}).is_valid()


@pytest.mark.usefixtures("topics")
def test_names_are_unique_within_the_organization_only(acme: Organization, umbrella: Organization) -> None:
    with scope(acme):
        assert not TopicForm({"name": "Hidden "}).errors
        assert not TopicForm({"name": "Security"}).is_valid()
    with scope(umbrella):
        assert TopicForm({"name": "Security"}).is_valid()


@pytest.mark.usefixtures("topics")
def test_form_gives_its_row_to_the_present_organization(umbrella: Organization) -> None:
    with scope(umbrella):
        assert TopicForm().instance.organization_id == umbrella.pk


class PlanForm(EditForm):
    title = forms.CharField()
    note = forms.CharField(required=False, widget=forms.Textarea)
    day = forms.DateField(widget=forms.DateInput)
    at = forms.TimeField(widget=forms.TimeInput)
    roster = forms.ChoiceField(choices=[("named", "Names"), ("hidden", "Nobody")])
    leaders = forms.TypedMultipleChoiceField(coerce=int, choices=[(1, "Frida"), (2, "Bob")])


def test_what_differs_from_what_is_saved_is_told_in_words() -> None:
    typed = QueryDict("title=A&note=one%0D%0Atwo&day=2026-12-08&at=10:00&roster=named&leaders=1&revision=1")
    form = PlanForm(typed)
    same = {
        "title": "A",
        "note": "one\ntwo",
        "day": date(2026, 12, 8),
        "at": time(10),
        "roster": "named",
        "leaders": [1],
    }
    assert form.differences(same) == []
    saved = {**same, "title": "B", "at": time(9, 30), "roster": "hidden", "leaders": [1, 2]}
    assert form.differences(saved) == [
        ("Title", "B"),
        ("At", "09:30"),
        ("Roster", "Nobody"),
        ("Leaders", "Frida, Bob"),
    ]
