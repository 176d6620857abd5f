"""Two organizations write to one person in one week."""

from datetime import datetime
from typing import Any

import pytest

from prm.accounts.models import Membership, Person
from prm.outbox.models import Attention, Message
from prm.outbox.sender import deliver
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import MembershipFactory
from tests.prm.test_outbox_budget import LETTER, kinds, store

__all__ = ["kinds"]


@pytest.mark.parametrize(("first", "second", "sent"), [(5, 5, (2, 2)), (1, 5, (1, 2)), (5, 1, (2, 1))])
def test_neither_takes_the_others_share(
    acme: Organization,
    umbrella: Organization,
    lena: Membership,
    now: datetime,
    mailoutbox: list[Any],
    first: int,
    second: int,
    sent: tuple[int, int],
) -> None:
    Person.objects.update(mails_a_week=4)
    there = MembershipFactory.create(organization=umbrella, person=lena.person, kind=Membership.Kind.PARTNER)
    counts = []
    for organization, member, number in ((acme, lena, first), (umbrella, there, second)):
        with scope(organization):
            for subject in range(number):
                store(member, LETTER, subject, now)
        while deliver(organization, clock=lambda: now).more:
            pass
        with scope(organization):
            counts.append(Message.objects.filter(state="sent").count())
    assert tuple(counts) == sent
    assert len(mailoutbox) == sum(sent) == Attention.objects.filter(person=lena.person).count()
