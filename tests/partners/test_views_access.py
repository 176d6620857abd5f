"""Who may open what: colleagues by role, partners' people, strangers, nobody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from partners.models import Group, GroupMember, Partner, PartnerUser
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import NOW, member
from tests.partners.factories import PartnerFactory, partner_user

type SignIn = Callable[[Membership], Client]

# name of the page, kind of its subject, method, whether a facilitator (partners.view only) may
STUDIO = [
    ("partner_list", "", "get", True),
    ("partner_create", "", "get", False),
    ("partner_try", "", "get", False),
    ("partner_bulk", "", "post", False),
    ("partner_invite", "", "get", False),
    ("partner_import_create", "", "get", False),
    ("partner_import_sample", "", "get", False),
    ("partner_detail", "partner", "get", True),
    ("partner_edit", "partner", "get", False),
    ("partner_archive", "partner", "post", False),
    ("partner_restore", "partner", "post", False),
    ("partner_join_group", "partner", "get", False),
    ("partner_person", "person", "get", False),
    ("partner_person_remove", "person", "post", False),
    ("group_list", "", "get", True),
    ("group_create", "", "get", False),
    ("group_detail", "group", "get", True),
    ("group_edit", "group", "get", False),
    ("group_add", "group", "get", False),
    ("group_archive", "group", "post", False),
    ("group_restore", "group", "post", False),
    ("group_remove", "group", "post", False),
    ("group_member", "time", "get", False),
    ("group_undo_adding", "stamp", "post", False),
    ("group_undo_removing", "stamp", "post", False),
]
PORTAL = [
    ("team_list", "", "get"),
    ("team_invite", "", "get"),
    ("team_person", "colleague", "get"),
    ("team_remove", "colleague", "post"),
    ("my_group_list", "", "get"),
    ("my_company", "", "get"),
]


@pytest.fixture
def subjects(acme: Organization, nordwind: Partner, tom_user: PartnerUser, msps: Group) -> dict[str, list[Any]]:
    with scope(acme):
        time = GroupMember.objects.create(group=msps, partner=nordwind, starts_at=NOW)
    return {
        "": [],
        "partner": [nordwind.public_id],
        "person": [nordwind.public_id, tom_user.public_id],
        "colleague": [tom_user.public_id],
        "group": [msps.public_id],
        "time": [msps.public_id, time.public_id],
        "stamp": [msps.public_id, 17],
    }


def ask(client: Client, method: str, acme: Organization, name: str, args: list[Any]) -> Any:
    return getattr(client, method)(address(name, *args, organization=acme))


@pytest.mark.parametrize(("name", "subject", "method", "is_open"), STUDIO)
def test_the_studio_opens_to_those_whose_role_includes_it(
    acme: Organization,
    alice: Membership,
    frida: Membership,
    lena: Membership,
    charlie: Membership,
    subjects: dict[str, list[Any]],
    sign_in: SignIn,
    name: str,
    subject: str,
    method: str,
    is_open: bool,
) -> None:
    args = subjects[subject]
    found = {
        who: ask(client, method, acme, name, args).status_code
        for who, client in {
            "nobody": Client(),
            "stranger": sign_in(charlie),
            "partner": sign_in(lena),
            "facilitator": sign_in(frida),
        }.items()
    }
    assert found == {"nobody": 302, "stranger": 404, "partner": 403, "facilitator": 200 if is_open else 403}
    answer = ask(sign_in(alice), method, acme, name, args)
    assert answer.status_code in (200, 303, 422), answer.status_code
    other = "get" if method == "post" else "delete"
    if method == "post":
        assert ask(sign_in(alice), other, acme, name, args).status_code == 405


@pytest.mark.parametrize(("name", "subject", "method"), PORTAL)
def test_the_portal_opens_to_people_of_partners(
    acme: Organization,
    alice: Membership,
    charlie: Membership,
    lena: Membership,
    subjects: dict[str, list[Any]],
    sign_in: SignIn,
    name: str,
    subject: str,
    method: str,
) -> None:
    args = subjects[subject]
    with scope(acme):
        guest = member(acme, "star@guests.example", "Guest Star", kind="guest")
    found = {
        who: ask(client, method, acme, name, args).status_code
        for who, client in {
            "nobody": Client(),
            "stranger": sign_in(charlie),
            "colleague": sign_in(alice),
            "guest": sign_in(guest),
        }.items()
    }
    assert found == {"nobody": 302, "stranger": 404, "colleague": 403, "guest": 404}
    assert ask(sign_in(lena), method, acme, name, args).status_code in (200, 303)


@pytest.mark.parametrize("subject", ["partner", "group"])
def test_another_organizations_rows_are_unknown(
    umbrella: Organization,
    charlie: Membership,
    nordwind: Partner,
    msps: Group,
    sign_in: SignIn,
    subject: str,
) -> None:
    foreign = {"partner": nordwind, "group": msps}[subject]
    for name, kind, method, _open in STUDIO:
        if kind == subject:
            answer = ask(sign_in(charlie), method, umbrella, name, [foreign.public_id])
            assert answer.status_code == 404, name
            assert b"Nordwind" not in answer.content


def test_a_list_holds_only_the_own_organizations_partners(
    umbrella: Organization, charlie: Membership, umbrellas_nordwind: Partner, nordwind: Partner, sign_in: SignIn
) -> None:
    page = ask(sign_in(charlie), "get", umbrella, "partner_list", []).content.decode()
    assert "Nordwind Umbrella" in page
    assert "Nordwind GmbH" not in page
    assert nordwind.public_id not in page


def test_competitors_see_nothing_of_each_other(
    acme: Organization, paul: Membership, paul_user: PartnerUser, tom_user: PartnerUser, sign_in: SignIn
) -> None:
    with scope(acme):
        PartnerUser.objects.filter(pk=paul_user.pk).update(role="lead")
    client = sign_in(paul)
    for name in ("team_list", "my_group_list", "my_company"):
        assert b"Nordwind" not in ask(client, "get", acme, name, []).content
    for name, method in (("team_person", "get"), ("team_person", "post"), ("team_remove", "post")):
        assert ask(client, method, acme, name, [tom_user.public_id]).status_code == 404
    with scope(acme):
        assert Membership.objects.by_id(tom_user.membership_id).state == "active"


def test_members_do_not_administer_the_team(
    acme: Organization, tom_user: PartnerUser, lena_user: PartnerUser, sign_in: SignIn
) -> None:
    client = sign_in(tom_user.membership)
    for name, method, args in (
        ("team_invite", "get", []),
        ("team_invite", "post", []),
        ("team_remove", "post", [lena_user.public_id]),
        ("team_person", "get", [lena_user.public_id]),
    ):
        refused = ask(client, method, acme, name, args)
        assert refused.status_code == 403
        assert "is for a lead of your company" in refused.content.decode()
    page = ask(client, "get", acme, "team_list", []).content.decode()
    assert "Invite a colleague" not in page


def test_who_was_removed_and_whose_partner_is_archived_are_strangers(
    acme: Organization,
    alice: Membership,
    tom_user: PartnerUser,
    lena: Membership,
    lena_user: PartnerUser,
    sign_in: SignIn,
) -> None:
    clients = {who.membership_id: sign_in(who.membership) for who in (tom_user, lena_user)}
    Membership.everywhere.filter(pk=tom_user.membership_id).update(state="removed")
    assert ask(clients[tom_user.membership_id], "get", acme, "team_list", []).status_code == 404
    archived = ask(sign_in(alice), "post", acme, "partner_archive", [lena_user.partner.public_id])
    assert archived.status_code == 303
    assert ask(clients[lena_user.membership_id], "get", acme, "team_list", []).status_code == 404


def test_a_person_is_found_below_the_own_partner_only(
    acme: Organization, alice: Membership, tom_user: PartnerUser, kestrel: Partner, sign_in: SignIn
) -> None:
    for name, method in (("partner_person", "get"), ("partner_person_remove", "post")):
        assert ask(sign_in(alice), method, acme, name, [kestrel.public_id, tom_user.public_id]).status_code == 404


def test_test_people_are_as_anybody(acme: Organization, sign_in: SignIn) -> None:
    with scope(acme):
        user = partner_user(PartnerFactory.create(name="Test", is_test=True), "alice+test@acme.example", "Alice (test)")
    assert ask(sign_in(user.membership), "get", acme, "my_company", []).status_code == 200
