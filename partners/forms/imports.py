"""A spreadsheet and what its columns are."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prm.imports.models import Import
from prm.imports.schema import import_schemas
from prm.web.forms import Form
from prm.web.widgets import FileDrop


class TableUpload(forms.FileField):
    max_size = 25 * 1024 * 1024


class ImportForm(Form):
    file = TableUpload(
        label=_("Spreadsheet"),
        widget=FileDrop(attrs={"accept": ".csv,.xlsx"}),
        help_text=_("CSV or XLSX. The first row names the columns; any names and any order will do."),
    )


class ColumnsForm(Form):
    """Which column of a spreadsheet is which field of a partner."""

    def __init__(self, *args: Any, row_import: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [
            (str(number), title or _("Column %d") % (number + 1)) for number, title in enumerate(row_import.columns)
        ]
        for field in import_schemas.get(row_import.schema).fields:
            found = row_import.mapping.get(field.name)
            self.fields[field.name] = forms.ChoiceField(
                label=field.label,
                choices=[("", _("not in the file")), *titles],
                required=field.is_required,
                initial="" if found is None else str(found),
            )

    def mapping(self) -> dict[str, int]:
        return {name: int(column) for name, column in self.cleaned_data.items() if column}
