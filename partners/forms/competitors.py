"""How much room competitors need, and who they are by rule."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Attribute, Competition, Group
from partners.queries.competitors import groups_to_choose
from prm.web.forms import Form
from prm.web.widgets import RadioCards

_Kind = Attribute.Kind


class GradeForm(Form):
    grade = forms.ChoiceField(
        label=gettext_lazy("How close may they be?"),
        choices=Competition.Grade.choices,
        initial=Competition.Grade.APART,
        widget=RadioCards(
            hints={
                "fine": gettext_lazy("Also where a rule says otherwise"),
                "apart": gettext_lazy("They meet in the whole group, and not in small rooms"),
                "never": gettext_lazy("Only where it must be: it can make a cohort impossible"),
            }
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=200, required=False, help_text=gettext_lazy("Colleagues only.")
    )


class RuleForm(GradeForm):
    """Partners of a group among themselves, or those with the same value of something."""

    what = forms.ChoiceField(label=gettext_lazy("Who competes"))
    field_order = ("what", "grade", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._groups = {f"group:{group.public_id}": group for group in groups_to_choose()}
        comparable = (_Kind.CHOICE, _Kind.CHOICES, _Kind.TEXT)
        attributes = Attribute.objects.listed().filter(kind__in=comparable).in_order()
        self._attributes = {f"attribute:{row.public_id}": row for row in attributes}
        what: Any = self.fields["what"]
        what.choices = [
            ("", _("Choose …")),
            (
                _("Partners with the same"),
                [*self._fields(), *((key, row.name) for key, row in self._attributes.items())],
            ),
            (_("Partners among themselves of the group"), [(key, row.name) for key, row in self._groups.items()]),
        ]

    @staticmethod
    def _fields() -> list[tuple[str, str]]:
        return [(f"field:{value}", str(label)) for value, label in Competition.Field.choices]

    def rule(self) -> dict[str, Any]:
        """What `services.competitors.add_rule` takes, and a rule that is not saved is made of."""
        chosen: str = self.cleaned_data["what"]
        group: Group | None = self._groups.get(chosen)
        return {
            "group": group,
            "attribute": self._attributes.get(chosen),
            "field": chosen.removeprefix("field:") if chosen.startswith("field:") else "",
        }

    def drafted(self) -> Competition:
        """The rule as it would be."""
        rule = self.rule()
        kind = Competition.Kind.GROUP if rule["group"] else Competition.Kind.SAME
        return Competition(kind=kind, grade=self.cleaned_data.get("grade", Competition.Grade.APART), **rule)
