"""What happened with a partner, in words, from the facts that every app records."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from partners import facts
from partners.models import Group, Partner
from prm.accounts.models import Person
from prm.activity.kinds import fact_kinds
from prm.activity.models import Fact

_ICONS = {
    facts.CREATED.name: "building-2",
    facts.ARCHIVED.name: "archive",
    facts.RESTORED.name: "archive-restore",
    facts.STATUS_CHANGED.name: "refresh-cw",
    facts.GROUP_JOINED.name: "layers",
    facts.GROUP_LEFT.name: "layers",
    facts.USER_INVITED.name: "mail",
    facts.USER_JOINED.name: "user-round-check",
    facts.USER_LEFT.name: "user-round-x",
}
_GROUPS = frozenset({facts.GROUP_JOINED.name, facts.GROUP_LEFT.name})
_PEOPLE = frozenset({facts.USER_JOINED.name, facts.USER_LEFT.name})


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline: a lucide icon, what happened, to whom or what, when."""

    icon: str
    title: str
    text: str
    at: datetime


def timeline_of(partner: Partner, limit: int = 15) -> list[Event]:
    """The newest facts about a partner with the names they stand for: three queries at most."""
    found = list(Fact.objects.filter(partner_id=partner.pk).order_by("-at", "-id")[:limit])
    groups = _names(Group.objects.filter(pk__in=_ids(found, _GROUPS, "object_id")))
    people = _names(Person.objects.filter(pk__in={fact.person_id for fact in found if fact.person_id}))
    return [_event(fact, groups, people) for fact in found]


def _ids(found: Iterable[Fact], kinds: frozenset[str], field: str) -> set[int]:
    return {getattr(fact, field) for fact in found if fact.kind in kinds and getattr(fact, field)}


def _names(rows: "Iterable[Group] | Iterable[Person]") -> dict[int, str]:
    return {row.pk: str(row) for row in rows}


def _event(fact: Fact, groups: dict[int, str], people: dict[int, str]) -> Event:
    label = fact_kinds.get(fact.kind).label if fact.kind in fact_kinds else fact.kind
    text = people.get(fact.person_id or 0, "")
    if fact.kind in _GROUPS:
        text = groups.get(fact.object_id or 0, "")
    elif fact.kind == facts.STATUS_CHANGED.name:
        text = _status_text(fact)
    return Event(_ICONS.get(fact.kind, "circle-dot"), str(label), text, fact.at)


def _status_text(fact: Fact) -> str:
    labels = dict(Partner.Status.choices)
    words = {name: labels.get(fact.data.get(name), "") for name in ("from", "to")}
    return _("%(from)s → %(to)s") % words
