"""Every list of partners costs the same with ten rows and with a thousand, and no more than a page may."""

from collections.abc import Callable
from itertools import batched

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from partners.models import Group
from partners.names import comparable
from partners.services.groups import add_to_group
from partners.services.importing import PartnerImport
from partners.services.inviting import Invitee, invite_people
from partners.services.tier_evaluation import evaluate_ladder
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.imports import services as imports
from prm.imports.models import Import
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.costs import MANY, assert_same_cost
from tests.factories import NOW
from tests.partners.factories import GroupFactory, PartnerFactory, crowd, partner_user
from tests.partners.ladders import launched

type SignIn = Callable[[Membership], Client]


class Stock:
    """Acme's partners, of which there can be more and more."""

    def __init__(self, acme: Organization, alice: Membership, lena: Membership) -> None:
        self.acme, self.alice = acme, alice
        with scope(acme):
            self.groups = [GroupFactory.create(name=f"Group {number} of partners") for number in range(3)]
            self.nordwind = PartnerFactory.create(name="Nordwind GmbH", account_manager=alice)
            partner_user(self.nordwind, membership=lena, role="lead")
            self.empty = GroupFactory.create(name="Group of nobody yet")
            self.row_import = self._upload()
            self.outside = PartnerFactory.create(name="Orbit")
            self.ladder = launched(Actor.of(alice), NOW)

    def grow(self, rows: int) -> None:
        with scope(self.acme):
            crowd(self.alice, rows, in_groups=self.groups)
            crowd(self.alice, rows, joined=self.nordwind)
            add_to_group(
                actor=Actor.of(self.alice),
                group=self.groups.pop(),
                partner_ids=[self.nordwind.pk],
                now=timezone.now(),
            )
            evaluate_ladder(self.ladder, None, timezone.now())
            for batch in batched(range(min(rows, 60)), 50):
                self._invite([f"guest{number}of{rows}@orbit.example" for number in batch])
            Group.objects.bulk_create(
                Group(name=name, normalized_name=comparable(name), owner=self.alice, created_at=NOW)
                for name in (f"One of many groups {rows}/{number}" for number in range(rows))
            )

    def _invite(self, emails: list[str]) -> None:
        actor, invitees = Actor.of(self.alice), [Invitee(email) for email in emails]
        invite_people(actor=actor, inviter=self.alice, partner=self.outside, invitees=invitees, now=timezone.now())

    def _upload(self) -> Import:
        """A checked spreadsheet whose rows are all new."""
        rows = "".join(f"Company {number:04} of the file,Germany,c{number}.example\n" for number in range(MANY))
        file = SimpleUploadedFile("partners.csv", f"Company,Country,Web\n{rows}".encode(), "text/csv")
        actor = Actor.of(self.alice)
        row_import = imports.begin_import(actor=actor, schema=PartnerImport.name, upload=file, now=NOW)
        imports.map_columns(actor=actor, row_import=row_import, mapping=row_import.mapping, now=NOW)
        return row_import

    def studio(self) -> dict[str, str]:
        with scope(self.acme):
            first = self.groups[0].public_id
            return {
                "partner_list": address("partner_list"),
                "partner_list of a group": f"{address('partner_list')}?group={first}&sort=-added",
                "partner_list by words": f"{address('partner_list')}?q=quite+long",
                "partner_detail": address("partner_detail", self.nordwind.public_id),
                "partner_invite": address("partner_invite"),
                "partner_import": address("partner_import_detail", self.row_import.public_id),
                "group_list": address("group_list"),
                "group_detail": address("group_detail", first),
                "group_add": address("group_add", self.empty.public_id),
                "ladder_list": address("ladder_list"),
                **{
                    name: address(name, self.ladder.public_id)
                    for name in (
                        "ladder_detail",
                        "ladder_outlook",
                        "ladder_ledger",
                        "ladder_approvals",
                        "ladder_notices",
                        "version_list",
                    )
                },
                "tier_detail": address("tier_detail", self.ladder.tiers.get(rank=1).public_id),
                "version_detail": address("version_detail", self.ladder.versions.get().public_id),
                "partner_tiers": address("partner_tiers", self.nordwind.public_id),
                "invitation_list": address("invitation_list"),
                "message_list": address("message_list"),
                "audit_list": address("audit_list"),
                "people_list": address("people_list"),
                "see_as_choose": address("see_as_choose"),
            }

    def portal(self) -> dict[str, str]:
        with scope(self.acme):
            return {name: address(name) for name in ("team_list", "my_group_list", "my_company", "notification_list")}


@pytest.fixture
def stock(acme: Organization, alice: Membership, lena: Membership) -> Stock:
    return Stock(acme, alice, lena)


def test_lists_of_the_studio_cost_the_same_at_any_size(stock: Stock, alice: Membership, sign_in: SignIn) -> None:
    assert_same_cost(sign_in(alice), stock.studio(), stock.grow)


def test_lists_of_the_portal_cost_the_same_at_any_size(stock: Stock, lena: Membership, sign_in: SignIn) -> None:
    assert_same_cost(sign_in(lena), stock.portal(), stock.grow)
