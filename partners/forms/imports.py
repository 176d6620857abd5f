"""A spreadsheet and what its columns are."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners import rules
from partners.models import Attribute
from partners.queries.imports import PARTNERS
from prm.imports.models import Import
from prm.imports.queries import fields_of
from prm.imports.tables import columns_of
from prm.web.forms import Form
from prm.web.widgets import FileDrop

NEW, THERE = "new:", "attribute:"
_LOOKED_AT = 20


class TableUpload(forms.FileField):
    max_size = 25 * 1024 * 1024


class ImportForm(Form):
    file = TableUpload(
        label=gettext_lazy("Spreadsheet"),
        widget=FileDrop(attrs={"accept": ".csv,.xlsx"}),
        help_text=gettext_lazy("CSV or XLSX. The first row names the columns; any names and any order will do."),
    )


class ColumnsForm(Form):
    """What each column of a spreadsheet is: a field, an attribute there is, a new attribute, or nothing."""

    own_key = forms.ChoiceField(label=gettext_lazy("Your own key"), required=False)

    def __init__(self, *args: Any, row_import: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_import = row_import
        self.has_attributes = row_import.schema == PARTNERS
        self.known = [known for known in fields_of(row_import) if not known.name.startswith("column:")]
        self._prepare_own_key()
        used = {column: name for name, column in row_import.mapping.items()}
        choices = self._choices()
        for number, title in columns_of(row_import.columns):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=title,
                choices=choices,
                required=False,
                initial=self._initial(used.get(number, "")),
                help_text=self._told(number),
            )

    def _choices(self) -> list[Any]:
        own = [(known.name, known.label) for known in self.known if not known.name.startswith(THERE)]
        there = [(known.name, known.label) for known in self.known if known.name.startswith(THERE)]
        groups: list[Any] = [("", _("Leave it aside")), (_("Fields"), own)]
        if there:
            groups.append((_("Attributes"), there))
        if self.has_attributes:
            kinds = [(f"{NEW}{kind.value}", kind.label) for kind in Attribute.Kind]
            groups.append((_("Make a new attribute"), kinds))
        return groups

    def _prepare_own_key(self) -> None:
        texts = Attribute.objects.listed().filter(kind=Attribute.Kind.TEXT) if self.has_attributes else ()
        choices = [(str(attribute.pk), attribute.name) for attribute in texts]
        if not choices:
            del self.fields["own_key"]
            return
        field: Any = self.fields["own_key"]
        field.choices = [("", _("None: Canopy ID, domain and name will do")), *choices]
        field.help_text = _("An attribute such as a customer number, by which a row is known to be a partner of yours.")
        field.initial = str(self.row_import.options.get("own_key") or "")

    def _initial(self, name: str) -> str:
        new = self.row_import.options.get("new", {}).get(name)
        return f"{NEW}{new['kind']}" if new else name

    def _told(self, number: int) -> str:
        """The first values of the column, and what it looks like where nothing is said of it."""
        texts = self._texts(number)
        shown = ", ".join(dict.fromkeys(text[:30] for text in texts if text))
        shown = shown if len(shown) <= 90 else f"{shown[:90]}…"
        if not shown:
            return _("Empty in the first rows.")
        if self.has_attributes and number not in self.row_import.mapping.values():
            kind = Attribute.Kind(rules.proposed_kind(texts)).label
            return _("%(values)s (looks like: %(kind)s)") % {"values": shown, "kind": kind}
        return shown

    def _texts(self, number: int) -> list[str]:
        return [cells[number] for _row, cells in self.row_import.sample[:_LOOKED_AT] if number < len(cells)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        taken: dict[str, str] = {}
        for name, value in self._said():
            if value in taken and not value.startswith(NEW):
                self.add_error(name, ValidationError(_("Another column is this already."), code="double"))
            taken[value] = name
        for name, value in self._said():
            if value.startswith(NEW) and not self.row_import.columns[_number(name)]:
                self.add_error(name, ValidationError(_("Give the column a name in the file first."), code="nameless"))
        key = cleaned.get("own_key")
        if key and f"{THERE}{key}" not in taken:
            self.add_error("own_key", ValidationError(_("Say which column it is."), code="own_key_missing"))
        return cleaned

    def _said(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.cleaned_data.items() if name.startswith("column_") and value]

    def mapping(self) -> dict[str, int]:
        return {
            f"column:{_number(name)}" if value.startswith(NEW) else value: _number(name) for name, value in self._said()
        }

    def options(self) -> dict[str, Any]:
        """What the import keeps beside the mapping: attributes to be made, and the organization's own key."""
        new = {
            f"column:{_number(name)}": {
                "name": self.row_import.columns[_number(name)][:80],
                "kind": value.removeprefix(NEW),
            }
            for name, value in self._said()
            if value.startswith(NEW)
        }
        return {"new": new, "own_key": self.cleaned_data.get("own_key") or None}


def _number(name: str) -> int:
    return int(name.removeprefix("column_"))
