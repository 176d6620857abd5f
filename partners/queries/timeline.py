"""What happened with a partner, in words, from the facts that every app records."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from partners import facts
from partners.models import AgreementVersion, Conversation, Group, Journey, JourneyStep, Partner, Product, Tier
from prm.accounts.models import Person
from prm.activity.kinds import fact_kinds
from prm.activity.models import Fact
from prm.tenancy.prepared import prepared

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
    facts.TIER_REACHED.name: "medal",
    facts.JOURNEY_STARTED.name: "milestone",
    facts.JOURNEY_STEP_DONE.name: "circle-check",
    facts.JOURNEY_FINISHED.name: "flag",
    facts.JOURNEY_STOPPED.name: "circle-pause",
    facts.JOURNEY_RESUMED.name: "milestone",
    facts.AGREEMENT_ACCEPTED.name: "file-check",
    facts.CONVERSATION_BEGUN.name: "message-circle-plus",
    facts.CONVERSATION_WRITTEN.name: "message-circle",
    facts.CONVERSATION_ANSWERED.name: "message-circle-reply",
    facts.CONVERSATION_CLOSED.name: "message-circle-x",
    facts.CONVERSATION_REOPENED.name: "message-circle",
    **dict.fromkeys((kind.name for kind in facts.PRODUCT_BEGAN.values()), "package-check"),
    **dict.fromkeys((kind.name for kind in facts.PRODUCT_ENDED.values()), "package-x"),
}
_JOURNEYS = frozenset(
    {
        facts.JOURNEY_STARTED.name,
        facts.JOURNEY_FINISHED.name,
        facts.JOURNEY_STOPPED.name,
        facts.JOURNEY_RESUMED.name,
    }
)
_PRODUCTS = frozenset(kind.name for kind in (*facts.PRODUCT_BEGAN.values(), *facts.PRODUCT_ENDED.values()))
_GROUPS = frozenset({facts.GROUP_JOINED.name, facts.GROUP_LEFT.name})
_CONVERSATIONS = frozenset(kind.name for kind in facts.CONVERSATIONS)
# Those told by the name of what they are about, not of whom.
_OBJECTS = _JOURNEYS | _PRODUCTS | _GROUPS | {facts.TIER_REACHED.name, facts.JOURNEY_STEP_DONE.name}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline: a lucide icon, what happened, to whom or what, when."""

    icon: str
    title: str
    text: str
    at: datetime


def timeline_of(partner: Partner, now: datetime, limit: int = 15) -> list[Event]:
    """The newest facts about a partner with the names they stand for; small ones are left to figures."""
    return [_event(fact) for fact in _facts_of(partner.pk, now, limit=limit)]


@prepared
def _facts_of(partner_id: int, now: datetime, *, limit: int) -> QuerySet[Fact]:
    small = [kind.name for kind in fact_kinds.all() if kind.is_small]
    person = Person.objects.filter(pk=OuterRef("person_id"))
    # Nothing lies in the future, but the partitions of the coming months do: the bound leaves them out.
    facts_of: QuerySet[Fact] = (
        Fact.objects.filter(partner_id=partner_id, at__lte=now)
        .exclude(kind__in=small)
        .annotate(
            person_name=Subquery(
                person.values(shown=Coalesce(NullIf("name", Value("")), "email", output_field=CharField()))
            ),
            object_name=_object_name(),
        )
    )
    return facts_of.order_by("-at", "-id")[:limit]


def _object_name() -> Case:
    """What the fact's object is called; none where its person or its data say enough."""
    names: tuple[tuple[Collection[str], Any, str], ...] = (
        (_GROUPS, Group, "name"),
        ((facts.TIER_REACHED.name,), Tier, "name"),
        (_PRODUCTS, Product, "name"),
        (_JOURNEYS, Journey, "template__name"),
        ((facts.JOURNEY_STEP_DONE.name,), JourneyStep, "title"),
        (_CONVERSATIONS, Conversation, "subject"),
        ((facts.AGREEMENT_ACCEPTED.name,), AgreementVersion, "agreement__title"),
    )
    return Case(
        *(
            When(kind__in=sorted(kinds), then=Subquery(model.objects.filter(pk=OuterRef("object_id")).values(column)))
            for kinds, model, column in names
        ),
        output_field=CharField(),
    )


def _event(fact: Any) -> Event:
    label = fact_kinds.get(fact.kind).label if fact.kind in fact_kinds else fact.kind
    if fact.kind == facts.STATUS_CHANGED.name:
        text = _status_text(fact)
    elif fact.kind == facts.AGREEMENT_ACCEPTED.name or fact.kind in _CONVERSATIONS:
        text = ", ".join(filter(None, [fact.object_name, fact.person_name]))
    else:
        text = (fact.object_name if fact.kind in _OBJECTS else fact.person_name) or ""
    return Event(_ICONS.get(fact.kind, "circle-dot"), str(label), text, fact.at)


def _status_text(fact: Fact) -> str:
    labels = dict(Partner.Status.choices)
    words = {name: labels.get(fact.data.get(name), "") for name in ("from", "to")}
    return _("%(from)s → %(to)s") % words
