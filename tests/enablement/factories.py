"""Builders of content, recall items and memories. Used inside the scope of the organization they belong to."""

from datetime import datetime, timedelta
from typing import Any

import factory

from enablement import memory as remembering
from enablement.models import Content, ContentAudience, Memory, Nudge, RecallItem, RecallVariant
from partners.models import Audience
from partners.names import fold
from partners.services.audiences import add_member, ensure_audience
from prm.accounts.models import Membership
from prm.markdown import render_markdown
from tests.factories import NOW


class ContentFactory(factory.django.DjangoModelFactory[Content]):
    class Meta:
        model = Content

    kind = Content.Kind.ARTICLE
    title = factory.Sequence(lambda number: f"Pricing, part {number:03}")
    summary = "What a seat costs, and when a discount needs a signature."
    searchable = factory.LazyAttribute(lambda row: fold(f"{row.title} {row.summary}"))
    body = "## Seats\n\nA seat costs **€ 40** a month.\n"
    html = factory.LazyAttribute(lambda row: str(render_markdown(row.body)))
    minutes = 4
    state = Content.State.PUBLISHED
    created_at = NOW - timedelta(days=3)
    updated_at = NOW - timedelta(days=3)
    published_at = factory.LazyAttribute(
        lambda row: NOW - timedelta(days=2) if row.state == Content.State.PUBLISHED else None
    )


class RecallItemFactory(factory.django.DjangoModelFactory[RecallItem]):
    class Meta:
        model = RecallItem

    claim = factory.Sequence(lambda number: f"Discounts above {number + 10} % need a signature.")
    explanation = "The signature comes from the account manager within a day."
    created_at = NOW - timedelta(days=3)


OPTIONS = [
    {"text": "Above 10 %", "correct": True},
    {"text": "Above 20 %", "correct": False},
    {"text": "Above 30 %", "correct": False},
    {"text": "Never", "correct": False},
]


class RecallVariantFactory(factory.django.DjangoModelFactory[RecallVariant]):
    class Meta:
        model = RecallVariant

    question = factory.Sequence(lambda number: f"From which discount on is a signature needed ({number})?")
    options = factory.LazyFunction(lambda: [dict(option) for option in OPTIONS])


def audience_for(*members: Membership, label: str = "Readers", number: int = 1) -> Audience:
    """An audience of exactly these people."""
    audience = ensure_audience(kind="test", source_id=number, label=label)
    for membership in members:
        add_member(audience, membership, NOW - timedelta(days=30))
    return audience


def content(owner: Membership, *audiences: Audience, questions: int = 0, **fields: Any) -> Content:
    """A published article open to `audiences`, with so many recall items of one wording each."""
    made = ContentFactory.create(owner=owner, **fields)
    for audience in audiences:
        ContentAudience.objects.create(content=made, audience=audience)
    for position in range(questions):
        item(owner, made, position=position + 1)
    return made


def item(owner: Membership, of: Content | None = None, wordings: int = 1, **fields: Any) -> RecallItem:
    made = RecallItemFactory.create(owner=owner, content=of, **fields)
    for position in range(wordings):
        RecallVariantFactory.create(item=made, position=position)
    return made


def memory(membership: Membership, of: RecallItem, met_at: datetime, **fields: Any) -> Memory:
    """What the member remembers of an item that was met at `met_at`, in a session unless said otherwise."""
    met = remembering.exposed(met_at)
    fields.setdefault("cause", Memory.Cause.SESSION)
    fields.setdefault("stability", met.stability)
    fields.setdefault("difficulty", met.difficulty)
    fields.setdefault("due_at", remembering.due_at(met))
    return Memory.objects.create(
        membership=membership, item=of, first_exposed_at=met_at, last_review_at=met_at, **fields
    )


def nudge(membership: Membership, of: RecallItem, asked_at: datetime = NOW, **fields: Any) -> Nudge:
    """A question sent by mail on the day of `asked_at`."""
    fields.setdefault("slot_on", asked_at.date())
    fields.setdefault("expires_at", asked_at + timedelta(days=7))
    return Nudge.objects.create(
        membership=membership,
        item=of,
        variant=of.variants.order_by("position").first(),
        asked_at=asked_at,
        predicted=0.8,
        **fields,
    )
