"""What colleagues keep of the list of partners, and what they announced."""

import tomllib
from datetime import timedelta
from functools import cache
from typing import Any

from demo.ecosystem import World
from demo.history import keep_letters
from demo.material import FOLDER
from partners.conditions.grammar import Block, Condition
from partners.models import Partner
from partners.queries.partner_lists import PartnerFilter
from partners.services.announcing import UNDO_TIME, announce, plan_announcements
from partners.services.saved_views import save_view
from prm.tenancy.scope import current_organization


@cache
def material() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "lists.toml").read_text("utf-8"))


def tell(world: World) -> None:
    told = material()[current_organization().slug]
    for view in told["views"]:
        _keep(world, view)
    _announce(world, told["announcement"])


def _keep(world: World, view: dict[str, Any]) -> None:
    now = world.ago(30)
    countries = tuple(view.get("countries", ()))
    chosen = PartnerFilter(
        now,
        status=view.get("status", ""),
        rule=Block("all", (Condition("country", "one_of", countries),)) if countries else None,
        sort=view.get("sort", "name"),
        columns=tuple(view["columns"]),
    )
    save_view(
        actor=world.cast.actor(view["owner"]),
        owner=world.cast.staff[view["owner"]],
        name=view["name"],
        query=chosen.query,
        is_shared=view["is_shared"],
        now=now,
    )


def _announce(world: World, told: dict[str, Any]) -> None:
    then = world.ago(told["days_ago"])
    partners = Partner.objects.real().filter(status__in=told["statuses"])
    n = partners.count()
    announce(
        actor=world.cast.actor(told["writer"]),
        partners=partners,
        told=f"{n} partners",
        subject=told["subject"],
        body=told["body"],
        now=then,
    )
    sent = then + UNDO_TIME + timedelta(minutes=1)
    plan_announcements(sent)
    keep_letters(sent)
