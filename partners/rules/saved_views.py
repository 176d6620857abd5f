"""Who may change a saved view, and what cannot be saved as one."""

from django.utils.translation import gettext as _

from partners.models import SavedView
from partners.models.saved_views import LONGEST_QUERY
from prm.accounts.models import Membership
from prm.accounts.permissions import may
from prm.problems import Problem


def may_change_view(view: SavedView, membership: Membership) -> bool:
    """Its owner, and of a shared one everybody who manages partners: owners go, their views stay useful."""
    return view.owner_id == membership.pk or (view.is_shared and may(membership, "partners.manage"))


def query_problems(query: str) -> list[Problem]:
    if len(query) <= LONGEST_QUERY:
        return []
    words = _("This filter is too long to be kept. Ask for fewer things at once, or make a group.")
    return [Problem("too_long", words)]
