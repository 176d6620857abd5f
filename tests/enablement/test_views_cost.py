"""Every list of enablement costs the same with ten rows and with a thousand, and no more than a page may."""

from collections.abc import Callable

import pytest
from django.test import Client

from enablement.models import Content, ContentAudience, Progress, Topic
from partners.models import Audience, Partner
from partners.models.audiences import GROUP
from partners.services.audiences import ensure_audience
from prm.accounts.models import Membership
from prm.addresses import address
from tests.costs import assert_same_cost
from tests.enablement.factories import ContentFactory, content, item, memory
from tests.factories import NOW
from tests.partners.factories import GroupFactory, crowd

type SignIn = Callable[[Membership], Client]


class Stock:
    """Acme's library, of which there can be more and more; all of it is open to Lena and to a group of partners."""

    def __init__(self, alice: Membership, lena: Membership, nordwind: Partner, readers: Audience) -> None:
        self.alice, self.lena = alice, lena
        self.group = GroupFactory.create(name="Cloud Resellers")
        self.audiences = [readers, ensure_audience(kind=GROUP, source_id=self.group.pk, label="Cloud Resellers")]
        self.read = content(alice, *self.audiences, questions=3, title="What everybody reads")

    def grow(self, rows: int) -> None:
        crowd(self.alice, rows, in_groups=[self.group])
        topics = Topic.objects.bulk_create(Topic(name=f"Topic {rows}/{number}") for number in range(min(rows, 12)))
        contents = Content.objects.bulk_create(
            ContentFactory.build(
                organization=self.read.organization,
                owner=self.alice,
                topic=topics[number % len(topics)],
                title=f"A price sheet with quite a long title, part {number} of {rows}",
            )
            for number in range(rows)
        )
        ContentAudience.objects.bulk_create(
            ContentAudience(content=made, audience=audience) for made in contents for audience in self.audiences
        )
        Progress.objects.bulk_create(
            Progress(membership=self.lena, content=made, opened_at=NOW, last_at=NOW) for made in contents[::2]
        )
        for made in contents[:20]:
            memory(self.lena, item(self.alice, made), NOW)

    def studio(self) -> dict[str, str]:
        one = self.read.public_id
        return {
            "content_list": address("content_list"),
            "content_list by words": f"{address('content_list')}?q=price+sheet&sort=title",
            "content_detail": address("content_detail", one),
            "content_readers": address("content_readers", one),
            "content_edit": address("content_edit", one),
        }

    def portal(self) -> dict[str, str]:
        return {
            "learn": address("learn"),
            "learn that was begun": f"{address('learn')}?show=open&q=price",
            "my_group_list": address("my_group_list"),
            "notification_list": address("notification_list"),
        }


@pytest.fixture
def stock(alice: Membership, lena: Membership, nordwind: Partner, readers: Audience) -> Stock:
    return Stock(alice, lena, nordwind, readers)


def test_pages_of_the_studio_cost_the_same_at_any_size(stock: Stock, alice: Membership, sign_in: SignIn) -> None:
    assert_same_cost(sign_in(alice), stock.studio(), stock.grow)


def test_pages_of_the_portal_cost_the_same_at_any_size(stock: Stock, lena: Membership, sign_in: SignIn) -> None:
    assert_same_cost(sign_in(lena), stock.portal(), stock.grow)


def test_what_belongs_to_a_member_costs_the_same_at_any_size(stock: Stock, lena: Membership, sign_in: SignIn) -> None:
    paths = {"learn_detail": address("learn_detail", stock.read.public_id), "practice": address("practice")}
    assert_same_cost(sign_in(lena), paths, stock.grow, most=12)


@pytest.mark.parametrize("home", ["studio_home", "portal_home"])
def test_the_homes_cost_the_same_at_any_size(
    stock: Stock, alice: Membership, lena: Membership, sign_in: SignIn, home: str
) -> None:
    client = sign_in(alice if home == "studio_home" else lena)
    assert_same_cost(client, {home: address(home)}, stock.grow, most=12)
