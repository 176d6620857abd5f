"""What is exported, which columns, and in which format."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.queries.exports import PARTNERS, PEOPLE
from prm.exports.kinds import CSV, XLSX, TableKind, export_kinds
from prm.web.forms import Form

KINDS = {"partners": PARTNERS, "people": PEOPLE}


class ExportForm(Form):
    """Columns and format of one kind of list; nothing ticked means every column."""

    columns = forms.MultipleChoiceField(label=_("Columns"), required=False, widget=forms.CheckboxSelectMultiple)
    file_format = forms.ChoiceField(
        label=_("Format"),
        choices=[(XLSX, _("Excel (XLSX)")), (CSV, _("CSV"))],
        initial=XLSX,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = export_kinds.get(kind)
        assert isinstance(known, TableKind)
        field: Any = self.fields["columns"]
        field.choices = known.columns()
        field.help_text = _("Those that are ticked; all where none is.")
