from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from cohorts.models import ProgramGoal
from partners.models import Product
from prm.problems import Problem


def goal_problems(
    *, kind: str, product: Product | None, due_on: date, today: date, others: Sequence[ProgramGoal]
) -> list[Problem]:
    """Why this goal cannot be set beside the `others` of its program."""
    problems = []
    needs_product = kind == ProgramGoal.Kind.CERTIFIED
    if needs_product and product is None:
        problems.append(Problem("no_product", _("Choose the product that partners get certified on."), field="product"))
    if due_on < today:
        problems.append(Problem("past", _("This day is over. Choose one that lies ahead."), field="due_on"))
    wanted = (kind, product.pk if needs_product and product else None, due_on)
    if any((other.kind, other.product_id, other.due_on) == wanted for other in others):
        problems.append(Problem("same", _("There is such a goal for this day already."), field="kind"))
    return problems
