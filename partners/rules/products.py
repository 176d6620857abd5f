"""What is refused about products and the rights for them."""

from datetime import date

from django.utils.translation import gettext as _

from partners.models import PartnerProduct, Product
from prm.problems import Problem


def grant_problems(products: list[Product], starts_on: date, ends_on: date | None, today: date) -> list[Problem]:
    """Why no right for these products can be given for this period."""
    problems = [
        Problem("retired", _("%s is retired: nobody gets it any more.") % product.name, "products")
        for product in products
        if product.is_retired
    ]
    if not products:
        problems.append(Problem("no_product", _("Choose at least one product."), "products"))
    if ends_on is not None and ends_on <= starts_on:
        problems.append(Problem("ends_before_start", _("The last day is before the first."), "until"))
    elif ends_on is not None and ends_on <= today:
        problems.append(Problem("ends_in_past", _("This day is over. Choose one that is still to come."), "until"))
    return problems


def right_end_problems(right: PartnerProduct, ends_on: date | None) -> list[Problem]:
    if right.closed_at is not None:
        return [Problem("is_over", _("This right has ended already."))]
    if ends_on is not None and ends_on < right.starts_on:
        return [Problem("ends_before_start", _("The last day is before the first."), "until")]
    return []
