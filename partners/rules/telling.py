"""What partners may tell of themselves, and what of it waits for a colleague."""

from typing import Any

from django.utils.translation import gettext as _

from partners.models import Attribute, Partner
from prm.problems import Problem

# Agreements and territories hang on it: once it is set a colleague reads a change first.
CAREFUL = frozenset({"country"})


def telling_problems(attribute: Attribute | None, field: str, tellable: frozenset[str]) -> list[Problem]:
    """Why a partner cannot tell this field."""
    if attribute is not None:
        may_tell = attribute.keeper == Attribute.Keeper.PARTNER and not attribute.is_archived
    else:
        may_tell = field in tellable
    if may_tell:
        return []
    return [Problem("not_yours", _("This is kept by your contact. Write to them if it is wrong."))]


def is_careful(partner: Partner, field: str, value: Any) -> bool:
    """Whether this change of the record is read by a colleague first, whatever it moves."""
    present = getattr(partner, field, "")
    return field in CAREFUL and bool(present) and present != value
