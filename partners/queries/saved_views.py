"""The views that somebody can open."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from partners import rules
from partners.models import SavedView
from partners.queries.partner_lists import PartnerFilter, status_choices
from prm.accounts.models import Membership
from prm.addresses import address


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A view in the list of views. `asks` says what it narrows to, without the names of what a rule refers to."""

    public_id: str
    name: str
    url: str
    asks: str
    owner: str
    is_own: bool
    is_shared: bool
    may_change: bool


def view_rows(membership: Membership, now: datetime) -> list[ViewRow]:
    """One's own views first, then what colleagues share, each by name."""
    rows = SavedView.objects.for_member(membership).select_related("owner__person").order_by("normalized_name", "pk")
    found = [_row(view, membership, now) for view in rows]
    return sorted(found, key=lambda row: not row.is_own)


def _row(view: SavedView, membership: Membership, now: datetime) -> ViewRow:
    return ViewRow(
        public_id=view.public_id,
        name=view.name,
        url=address("view_open", view.public_id),
        asks=_asks(view, now),
        owner=str(view.owner.person),
        is_own=view.owner_id == membership.pk,
        is_shared=view.is_shared,
        may_change=rules.may_change_view(view, membership),
    )


def _asks(view: SavedView, now: datetime) -> str:
    # The group is left out: naming it would cost a query for each view.
    query = "&".join(part for part in view.query.split("&") if not part.startswith("group="))
    chosen = PartnerFilter.of(query, now)
    said = [
        f"“{chosen.words}”" if chosen.words else "",
        dict(status_choices()).get(chosen.status, ""),
        _("one group") if query != view.query else "",
        _("a filter of its own") if chosen.rule else "",
        _("%d columns") % len(chosen.columns) if chosen.columns else "",
    ]
    return ", ".join(part for part in said if part) or _("Everybody")
