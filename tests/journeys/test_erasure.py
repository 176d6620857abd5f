"""Somebody asks from their own account to be erased, and an owner answers."""

from collections.abc import Callable

from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from tests.journeys.conftest import Visitor


def test_asking_to_be_erased_and_answering(
    acme: Organization, alice: Membership, lena: Membership, visitor: Callable[..., Visitor]
) -> None:
    alice.person.set_unusable_password()
    alice.person.save()
    lenas = visitor(lena, phone=True).open("/accounts/profile/").click("Ask to have my data erased", "link")
    lenas.sees("What is kept").fill(text="I have another job.").click("Ask to have my data erased")
    lenas.sees("Asked at Acme Cloud.")
    owner = visitor(alice).open(address("erasure_list", organization=acme)).click("Lena Brandt", "link")
    owner.sees("I have another job.").fill(answer="An invoice is open until May.").click("Send the answer")
    lenas.open(address("my_data", organization=acme)).sees("An invoice is open until May.")
