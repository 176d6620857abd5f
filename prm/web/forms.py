"""Forms that know their organization, and the markup every field gets.

`{{ form.field.as_field_group }}` renders label, control, hint and errors; `{{ form }}` renders the errors that belong
to no field and then every field. Effects live in services, never in `save`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.boundfield import BoundField as DjangoBoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import DateTimeBaseInput

from prm.problems import Refused
from prm.tenancy.scope import current_organization_id
from prm.web.widgets import CheckCards, FileDrop, RadioCards, Switch

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm
else:

    class _ModelForm(forms.ModelForm):
        def __class_getitem__(cls, model: object) -> type:
            return cls


class BoundField(DjangoBoundField):
    """One field of a form as it is shown. `kind` names the part of templates/web/forms/field.html that draws it."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        own = [widget.attrs.get("class", ""), _css_class(widget), "is-invalid" if self.errors else ""]
        css = " ".join(part for part in own if part)
        return {**built, "class": css} if css and not widget.is_hidden else built

    @property
    def kind(self) -> str:
        return _kind(self.field.widget)

    @property
    def max_size(self) -> int:
        """The most bytes a file may have, shown beside the field; 0 when nothing is set."""
        return int(getattr(self.field, "max_size", 0) or 0)


def _kind(widget: forms.Widget) -> str:
    kinds: list[tuple[type[forms.Widget], str]] = [
        (Switch, "switch"),
        (CheckCards, "cards"),
        (RadioCards, "cards"),
        (FileDrop, "file"),
        (forms.CheckboxSelectMultiple, "options"),
        (forms.RadioSelect, "options"),
        (forms.CheckboxInput, "check"),
    ]
    return next((name for kind, name in kinds if isinstance(widget, kind)), "control")


def _css_class(widget: forms.Widget) -> str:
    match _kind(widget):
        case "switch" | "check" | "options":
            return "form-check-input"
        case "cards":
            return "form-check-input choice-card-input"
        case "file":
            return "file-drop-input"
    if isinstance(widget, forms.SelectMultiple | forms.Select):
        return "form-select"
    if isinstance(widget, forms.TextInput) and widget.input_type == "color":
        return "form-control form-control-color"
    return "form-control"


class Renderer(TemplatesSetting):
    """What Django uses to draw every form, field and error list of the installation."""

    form_template_name = "web/forms/form.html"
    formset_template_name = "web/forms/formset.html"
    field_template_name = "web/forms/field.html"
    bound_field_class = BoundField


class _Scoped(forms.BaseForm):
    """What both kinds of forms share: choices of the present organization, native pickers, refusals as errors."""

    def prepare_fields(self) -> None:
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = self._choices_of(name, field)
            _use_native_picker(field.widget)

    def _choices_of(self, name: str, field: "forms.ModelChoiceField[Any]") -> "models.QuerySet[Any]":
        narrowed = getattr(self, f"{name}_choices", None)
        if narrowed is not None:
            chosen: models.QuerySet[Any] = narrowed()
            return chosen
        declared: Any = field.queryset
        everything: models.QuerySet[Any] = declared.model._default_manager.all()
        return everything

    def add_problems(self, refusal: Refused) -> None:
        """Show a service's refusal: each problem beside its field, the others above the form."""
        for problem in refusal.problems:
            field = problem.field if problem.field in self.fields else None
            self.add_error(field, ValidationError(problem.message, code=problem.code))


class Form(_Scoped, forms.Form):
    """A form inside an organization.

    Choices of model fields are taken from the present scope each time: `<field>_choices(self)` narrows them, otherwise
    everything of that model is offered.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepare_fields()


class EditForm(Form):
    """A form over a row that others edit too. Its hidden field `revision` is what the row was read at.

    `saved` is what somebody else saved meanwhile, in words, for web/_saved.html.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    saved: Sequence[tuple[str, str]] = ()

    def is_saved(self, save: Callable[[int], object], present: Callable[[], Mapping[str, Any]]) -> bool:
        """Whether this was sent, is right, and `save`, called with the revision that was read, did not refuse it.

        A refusal is shown in the form. Where somebody saved meanwhile, what they saved is shown beside what was typed;
        `present` gives the values of the row as it is now, its revision among them. Saving once more goes over them.
        """
        if not self.is_bound or not self.is_valid():
            return False
        try:
            save(self.cleaned_data["revision"] or 0)
        except Refused as refusal:
            self.refuse(refusal, present)
            return False
        return True

    def refuse(self, refusal: Refused, present: Callable[[], Mapping[str, Any]]) -> None:
        """Show a service's refusal as `is_saved` does, for views that do more with it."""
        self.add_problems(refusal)
        if "changed_meanwhile" in refusal.codes:
            now_saved = present()
            self.saved = self.differences(now_saved)
            self.continue_from(now_saved["revision"])

    def initial_values(self) -> dict[str, Any]:
        """What each field began with."""
        return {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()}

    def differences(self, saved: Mapping[str, Any]) -> list[tuple[str, str]]:
        """(label, what is saved now) of every field in which that is not what was typed."""
        found = []
        for bound in self.visible_fields():
            if bound.field.widget.needs_multipart_form:
                continue
            typed = bound.data
            typed = typed.replace("\r\n", "\n") if isinstance(typed, str) else typed
            kept = saved.get(bound.name)
            if bound.field.has_changed(kept, typed):
                found.append((str(bound.label), _shown(bound, kept)))
        return found

    def continue_from(self, revision: int) -> None:
        """Keep what was typed, to be saved over what is saved now."""
        data: Any = self.data
        self.data = data = data.copy()
        data["revision"] = str(revision)


def _shown(bound: DjangoBoundField, kept: Any) -> str:
    """A saved value in words: choices by their labels, days and times as their pickers write them."""
    choices: Any = getattr(bound.field, "choices", None)
    if choices is not None:
        keys = {str(key) for key in (kept if isinstance(kept, list | tuple) else [kept])}
        return ", ".join(str(label) for key, label in choices if str(key) in keys)
    shown = bound.field.widget.format_value(kept)
    return "" if shown is None else str(shown)


class ModelForm[M: models.Model](_Scoped, _ModelForm[M]):
    """A form over one model of the present organization, checked for uniqueness within that organization."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if getattr(self.instance, "organization_id", 0) is None:
            self.instance.organization_id = current_organization_id()  # type: ignore[attr-defined]
        self.prepare_fields()

    def validate_unique(self) -> None:
        try:
            self.instance.validate_unique(exclude=self._exclusions_of_uniqueness())
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]

    def validate_constraints(self) -> None:
        try:
            self.instance.validate_constraints(exclude=self._exclusions_of_uniqueness())
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]

    def _exclusions_of_uniqueness(self) -> set[str]:
        # No form shows the organization, and Django skips a constraint when one of its fields is not on the form.
        excluded: set[str] = self._get_validation_exclusions()  # type: ignore[attr-defined]
        return excluded - {"organization"}


def _use_native_picker(widget: forms.Widget) -> None:
    pickers: dict[type[DateTimeBaseInput], tuple[str, str]] = {
        forms.DateInput: ("date", "%Y-%m-%d"),
        forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
        forms.TimeInput: ("time", "%H:%M"),
    }
    if isinstance(widget, DateTimeBaseInput) and type(widget) in pickers:
        widget.input_type, widget.format = pickers[type(widget)]
