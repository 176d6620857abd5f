"""Which value stays where two records say something else."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from partners.queries.merging import Difference
from partners.services.merging import BOTH
from prm.web.forms import Form

KEPT, MERGED = "kept", "merged"


class MergeForm(Form):
    """A choice for each difference, and what both records were read at."""

    survivor_revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    merged_revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(
        self, *args: Any, survivor: Partner, merged: Partner, differences: Sequence[Difference], **kwargs: Any
    ) -> None:
        initial = {"survivor_revision": survivor.revision, "merged_revision": merged.revision}
        super().__init__(*args, initial=initial, **kwargs)
        self.differences = differences
        for difference in differences:
            choices = [(KEPT, difference.kept or _("nothing")), (MERGED, difference.other)]
            if difference.field != "name":
                names = (survivor.name, merged.name)
                choices = [
                    (key, _("%(value)s (%(record)s)") % {"value": value, "record": name})
                    for (key, value), name in zip(choices, names, strict=True)
                ]
            if difference.may_be_both:
                choices.append((BOTH, _("Both, one below the other")))
            self.fields[difference.name] = forms.ChoiceField(
                label=difference.label,
                choices=choices,
                widget=forms.RadioSelect,
                initial=BOTH if difference.may_be_both else MERGED if difference.takes_other else KEPT,
            )

    @property
    def choices(self) -> list[Any]:
        return [self[difference.name] for difference in self.differences]

    def revisions(self) -> tuple[int, int]:
        return self.cleaned_data["survivor_revision"], self.cleaned_data["merged_revision"]

    def taken(self) -> dict[str, str]:
        """Field → "merged" or "both", for what is not the survivor's."""
        chosen = {difference.field: self.cleaned_data[difference.name] for difference in self.differences}
        return {field: choice for field, choice in chosen.items() if choice != KEPT}
