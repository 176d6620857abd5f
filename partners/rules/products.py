"""What is refused about products, families, and what partners may do with them."""

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import PartnerProduct, Product, ProductFamily
from prm.problems import Problem

# So many of those that stand against a grant are named.
_NAMED = 3


def product_problems(product: Product) -> list[Problem]:
    """Why nobody can be given a right for this product."""
    if not product.is_retired:
        return []
    words = _("%s is retired: no new right is given for it. Bring it back first.") % product.name
    return [Problem("product_retired", words, "product")]


def family_problems(family: ProductFamily | None) -> list[Problem]:
    """Why no product that is offered can be in this family."""
    if family is None or not family.is_retired:
        return []
    words = _("The family %s is retired. Bring it back first, or choose another one.") % family.name
    return [Problem("family_retired", words, "family")]


def family_retirement_problems(offered: int) -> list[Problem]:
    """Why a family that holds so many products on offer cannot be retired."""
    if not offered:
        return []
    words = ngettext(
        "%d product of it is still offered. Retire it first, or put it into another family.",
        "%d products of it are still offered. Retire them first, or put them into another family.",
        offered,
    )
    return [Problem("still_offered", words % offered)]


def right_period_problems(starts_on: date, ends_on: date | None, today: date) -> list[Problem]:
    """Why a right cannot hold from `starts_on` until before `ends_on`."""
    if ends_on is None:
        return []
    if ends_on <= today:
        return [Problem("ends_in_past", _("The last day is over. Choose today or a later one."), "until")]
    if ends_on <= starts_on:
        return [Problem("ends_before_start", _("The last day comes before the first one."), "until")]
    return []


def proof_problems(basis: str, proof_basis: str) -> list[Problem]:
    """Why a right on this ground cannot rest on a record for that one; "" is for a record that is not the partner's."""
    if not proof_basis:
        words = _("This is not on record for the partner, or counts no more. Choose another one, or none.")
        return [Problem("no_proof", words, "proof")]
    if basis != proof_basis:
        words = _("This is for “%s”: choose that as the ground, or nothing here.")
        return [Problem("other_ground", words % PartnerProduct.Basis(proof_basis).label, "proof")]
    return []


def change_problems(right: PartnerProduct, starts_on: date, today: date) -> list[Problem]:
    """Why a right cannot be changed so that it begins on `starts_on`."""
    if right.closed_at is not None:
        return [Problem("right_over", _("This right is over. Grant a new one; this one stays on record."))]
    if right.begun_at is not None and starts_on > today:
        words = _("It has begun already. End it and grant it anew from the later day.")
        return [Problem("right_begun", words, "starts_on")]
    return []


def overlap_problems(standing: Sequence[PartnerProduct]) -> list[Problem]:
    """Why rights cannot be given beside those that stand; these come with their partners."""
    if not standing:
        return []
    named = [_standing_words(right) for right in standing[:_NAMED]]
    if len(standing) > _NAMED:
        more = len(standing) - _NAMED
        named.append(ngettext("%d more like this.", "%d more like these.", more) % more)
    words = _("Rights of one kind never overlap, and nothing was granted:")
    return [Problem("right_overlaps", " ".join([words, *named]))]


def _standing_words(right: PartnerProduct) -> str:
    found = {
        "partner": right.partner.name,
        "right": right.get_right_display(),
        "from": date_format(right.starts_on, "j M Y"),
        "until": date_format(right.last_day, "j M Y") if right.last_day else "",
    }
    if right.last_day:
        return _("%(partner)s has “%(right)s” from %(from)s until %(until)s.") % found
    return _("%(partner)s has “%(right)s” from %(from)s until further notice.") % found
