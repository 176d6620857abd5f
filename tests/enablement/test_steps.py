"""Steps of journeys about content: who is through with reading and with questions, and when that counts."""

from datetime import datetime, timedelta

import pytest

from enablement.models import Content, RecallItem, RecallVariant
from enablement.queries.steps import answered, quiz_choices, quiz_places
from enablement.services.practice import answer_check
from enablement.services.reading import complete_content
from partners.models import JourneyStep
from partners.services.journeys.starting import Traveler, start_journeys
from partners.services.journeys.templates import StepDetails, TemplateDetails, create_template, switch_on
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from tests.enablement.factories import audience_for, content
from tests.partners.factories import PartnerFactory, partner_user


@pytest.fixture
def article(in_acme: Organization, alice: Membership, lena: Membership, now: datetime) -> Content:
    """Lena's company is asked to read it and to answer its two questions."""
    partner = PartnerFactory.create(name="Nordwind")
    partner_user(partner, membership=lena, role="lead")
    made = content(alice, audience_for(lena), questions=2)
    steps = [StepDetails(kind, kind, source_id=made.pk) for kind in ("content", "quiz")]
    actor = Actor.of(alice)
    template = create_template(actor=actor, details=TemplateDetails("Learn", ["Learn"]), steps=steps, now=now)
    switch_on(actor=actor, template=template, includes_present=False, now=now)
    start_journeys(actor=actor, template=template, travelers=[Traveler(partner.pk)], now=now)
    return made


def states() -> dict[str, str]:
    return dict(JourneyStep.objects.values_list("kind", "state"))


def answer(membership: Membership, article: Content, item: RecallItem, now: datetime) -> None:
    variant = RecallVariant.objects.get(item=item)
    answer_check(
        membership=membership,
        content=article,
        item=item,
        variant=variant,
        turn=0,
        shown="0",
        guessed=False,
        now=now,
    )


def test_the_last_answer_counts_at_once_for_who_has_read_it_before(
    article: Content, lena: Membership, now: datetime
) -> None:
    complete_content(membership=lena, content=article, now=now)
    assert states() == {"content": "done", "quiz": "open"}
    first, second = article.recall_items.order_by("position")
    answer(lena, article, first, now)
    assert states()["quiz"] == "open"
    answer(lena, article, second, now)
    assert states() == {"content": "done", "quiz": "done"}


def test_who_answers_everything_has_read_it(article: Content, lena: Membership, now: datetime) -> None:
    for item in article.recall_items.order_by("position"):
        answer(lena, article, item, now)
    assert states() == {"content": "done", "quiz": "done"}


def test_a_question_that_is_asked_no_longer_holds_nobody_up(article: Content, lena: Membership, now: datetime) -> None:
    first, second = article.recall_items.order_by("position")
    answer(lena, article, first, now)
    assert not answered(now).exists()
    RecallItem.objects.filter(pk=second.pk).update(valid_until=now - timedelta(days=400))
    assert [row[:2] for row in answered(now)] == [(lena.pk, article.pk)]
    assert quiz_places([article.pk])[article.pk].hint == "1 question"


def test_content_that_asks_nothing_is_no_quiz(article: Content, lena: Membership, now: datetime) -> None:
    assert quiz_choices() == [(article.pk, article.title)]
    RecallVariant.objects.update(is_active=False)
    assert quiz_choices() == []
    place = quiz_places([article.pk])[article.pk]
    assert (place.url, place.is_gone) == ("", True)
    assert not answered(now).exists()
