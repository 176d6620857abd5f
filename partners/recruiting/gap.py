"""A cell of the coverage grid as the beginning of a call: what is asked and weighed so that the gap gets filled."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from partners.recruiting.questions import REGION, Kind, Question
from partners.recruiting.scoring import Criterion, Test

# So many partners a cell is to have; whoever wants another number changes it in the profile.
WANTED = 3
_REGION, _COLUMN = "region", "coverage"


@dataclass(frozen=True, slots=True)
class Gap:
    """`question` asks for what the columns of the grid are, `key` and `label` are the column of the gap."""

    region: str
    key: str
    label: str
    question: Question

    @property
    def title(self) -> str:
        if not self.region:
            return _("Partners for %s") % self.label
        return _("Partners for %(what)s in %(region)s") % {"what": self.label, "region": self.region}

    def questions(self) -> list[Question]:
        example = _("For example: %s") % self.region if self.region else ""
        region = Question(_REGION, _("Region"), Kind.SHORT, hint=example[:200], is_required=True, target=REGION)
        return [region, replace(self.question, key=_COLUMN, is_required=True)]

    def criteria(self) -> list[Criterion]:
        """The region and the column are looked for; the fewer partners the applicant's own cell has, the better."""
        label = self.question.label
        found = [
            Criterion(_COLUMN, label, _COLUMN, Test.ONE_OF, 3, wanted=(self.key,)),
            Criterion(f"{_COLUMN}-gap", _("%s: a gap") % label, _COLUMN, Test.CELL, 5, many=WANTED),
        ]
        if self.region:
            found.insert(0, Criterion(_REGION, _("Region"), _REGION, Test.CONTAINS, 3, wanted=(self.region,)))
        return found
