"""Pages of partners: the list at any size, wrong input kept, undo."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from partners.models import Group, GroupMember, Partner, PartnerUser
from partners.showcases import showcases
from prm.accounts.models import Membership
from prm.activity.kinds import fact_kinds
from prm.activity.services import record
from prm.addresses import address
from prm.invitations.models import Invitation
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import NOW
from tests.partners.factories import GroupFactory, PartnerFactory, ProductFactory, partner_user

type SignIn = Callable[[Membership], Client]
HTML_LIMIT = 60 * 1024
# What every page costs: session, person, membership and organization, four for the scope and its savepoint, bell.
FRAME = 7


@pytest.fixture
def client(alice: Membership, sign_in: SignIn) -> Client:
    return sign_in(alice)


@pytest.fixture
def url(acme: Organization) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


def names(answer: Any) -> list[str]:
    return [row.name for row in answer.context["page"].rows]


def details(**fields: Any) -> dict[str, Any]:
    return {"name": "Nordwind GmbH", "domain": "nordwind.example", "status": "active", "country": "DE", **fields}


# ── The list ────────────────────────────────────────────────────────────────────────────────────────────────────────


def fill(acme: Organization, alice: Membership, count: int) -> None:
    """Partners as full as they come: long names, groups, people, an account manager."""
    with scope(acme):
        groups = [GroupFactory.create(name=f"Group {number:02} of partners") for number in range(3)]
        for number in range(count):
            partner = PartnerFactory.create(
                name=f"A company with quite a long name {number:05} GmbH", account_manager=alice, country="US"
            )
            for group in groups:
                GroupMember.objects.create(group=group, partner=partner, starts_at=partner.created_at)
            if number < 60:
                partner_user(partner, f"person{number}@list.example", "Somebody")


@pytest.mark.parametrize("count", [1, 3, 60])
def test_a_list_costs_the_same_at_any_size(
    acme: Organization, alice: Membership, client: Client, url: Any, count: int, django_assert_num_queries: Any
) -> None:
    fill(acme, alice, count)
    client.get(url("partner_list"))
    # Groups, ids, rows with their total.
    with django_assert_num_queries(FRAME + 3):
        answer = client.get(url("partner_list"))
    assert len(answer.context["page"].rows) == min(count, 50)
    assert len(answer.content) < HTML_LIMIT


def test_a_list_is_paged_and_goes_back(acme: Organization, alice: Membership, client: Client, url: Any) -> None:
    fill(acme, alice, 60)
    first, second = client.get(url("partner_list")), client.get(url("partner_list") + "?page=2")
    assert (len(names(first)), len(names(second))) == (50, 10)
    assert not set(names(first)) & set(names(second))
    assert "?page=2" in first.content.decode()
    assert "60 partners" in first.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Kestrel", "Łódź Integration", "Nordwind GmbH"]),
        ("?q=nord", ["Nordwind GmbH"]),
        ("?q=WIND+gmbh", ["Nordwind GmbH"]),
        ("?q=lodz", ["Łódź Integration"]),
        ("?q=kestrel.ex", ["Kestrel"]),
        ("?q=100%25", []),
        ("?q=_", []),
        ("?status=dormant", ["Kestrel"]),
        ("?status=archived", ["Gone"]),
        ("?status=nonsense", ["Kestrel", "Łódź Integration", "Nordwind GmbH"]),
        ("?sort=-name", ["Nordwind GmbH", "Łódź Integration", "Kestrel"]),
        ("?sort=country", ["Kestrel", "Nordwind GmbH", "Łódź Integration"]),
        ("?sort=organization__slug", ["Kestrel", "Łódź Integration", "Nordwind GmbH"]),
        ("?group=none&page=x", ["Kestrel", "Łódź Integration", "Nordwind GmbH"]),
        ("?page=999999", []),
    ],
)
def test_what_an_address_asks_for(
    acme: Organization, nordwind: Partner, kestrel: Partner, client: Client, url: Any, query: str, expected: list[str]
) -> None:
    with scope(acme):
        Partner.objects.filter(pk=kestrel.pk).update(status="dormant")
        PartnerFactory.create(name="Łódź Integration", domain="", country="PL")
        PartnerFactory.create(name="Gone", archived_at=nordwind.created_at)
    assert names(client.get(url("partner_list") + query)) == expected


def test_a_list_can_be_narrowed_to_a_group(
    acme: Organization, nordwind: Partner, kestrel: Partner, msps: Group, client: Client, url: Any
) -> None:
    with scope(acme):
        GroupMember.objects.create(group=msps, partner=nordwind, starts_at=nordwind.created_at)
        GroupMember.objects.create(
            group=msps, partner=kestrel, starts_at=kestrel.created_at, closed_at=kestrel.created_at
        )
    answer = client.get(f"{url('partner_list')}?group={msps.public_id}")
    assert names(answer) == ["Nordwind GmbH"]
    assert "MSPs" in [cell.text for cell in answer.context["page"].rows[0].cells]


def test_htmx_gets_the_rows_alone(nordwind: Partner, client: Client, url: Any) -> None:
    answer = client.get(url("partner_list"), headers={"HX-Request": "true", "HX-Target": "partners"})
    assert b"<html" not in answer.content
    assert b"Nordwind GmbH" in answer.content
    assert "HX-Target" in answer["Vary"]


def test_an_empty_list_says_how_to_begin(client: Client, url: Any) -> None:
    page = client.get(url("partner_list")).content.decode()
    assert "Who are your partners?" in page
    assert "Import a spreadsheet" in page


# ── One partner ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_adding_goes_to_the_partner(acme: Organization, alice: Membership, client: Client, url: Any) -> None:
    answer = client.post(url("partner_create"), details(account_manager=alice.pk, website="nordwind.example"))
    with scope(acme):
        partner = Partner.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url("partner_detail", partner.public_id))
    assert (partner.website, partner.account_manager_id) == ("https://nordwind.example", alice.pk)
    assert b"Nobody got a mail from this" in client.get(answer["Location"]).content


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"name": "a\0b"},
        {"domain": "nonsense"},
        {"country": "XX"},
        {"status": "asleep"},
        {"website": "javascript:alert(1)"},
        {"account_manager": "999999"},
        {"account_manager": "abc"},
        {"language": "xx"},
        {"notes": "n" * 4001},
        {"revision": "abc"},
    ],
)
def test_wrong_input_is_kept_and_nothing_is_made(
    acme: Organization, client: Client, url: Any, wrong: dict[str, str]
) -> None:
    answer = client.post(url("partner_create"), details(region="The far north", **wrong))
    assert answer.status_code == 422
    assert b"The far north" in answer.content
    with scope(acme):
        assert not Partner.objects.exists()


def test_another_organizations_colleague_is_no_choice(
    acme: Organization, charlie: Membership, client: Client, url: Any
) -> None:
    assert client.post(url("partner_create"), details(account_manager=charlie.pk)).status_code == 422


def test_a_double_is_asked_about_and_can_be_insisted_on(
    acme: Organization, nordwind: Partner, client: Client, url: Any
) -> None:
    answer = client.post(url("partner_create"), details(name="Nordwind AG", region="The far north"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert url("partner_detail", nordwind.public_id) in page
    assert "It is another company: save it" in page
    assert "The far north" in page
    again = client.post(url("partner_create"), details(name="Nordwind AG", is_another="on"))
    assert again.status_code == 303


def test_who_saves_second_sees_both(acme: Organization, nordwind: Partner, client: Client, url: Any) -> None:
    where = url("partner_edit", nordwind.public_id)
    assert client.post(where, details(region="North", revision=1)).status_code == 303
    answer = client.post(where, details(region="South", revision=1))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["saved"] == [("Region", "North")]
    assert 'value="South"' in page
    assert 'name="revision" value="2"' in page
    assert client.post(where, details(region="South", revision=2)).status_code == 303
    with scope(acme):
        assert Partner.objects.get().region == "South"


@pytest.mark.parametrize("people", [1, 3])
def test_a_partners_page_costs_the_same_at_any_size(
    acme: Organization,
    nordwind: Partner,
    client: Client,
    url: Any,
    people: int,
    django_assert_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with scope(acme):
        for number in range(people):
            partner_user(nordwind, f"p{number}@nordwind.example", f"Person {number}")
            group = GroupFactory.create()
            GroupMember.objects.create(group=group, partner=nordwind, starts_at=nordwind.created_at)
    client.get(url("partner_detail", nordwind.public_id))
    # Partner with its tiers and data, groups, people, invitations, journeys, facts; what apps above show comes on top.
    monkeypatch.setattr(showcases, "_items", {})
    with django_assert_num_queries(FRAME + 6):
        page = client.get(url("partner_detail", nordwind.public_id)).content.decode()
    assert f"Person {people - 1}" in page


def test_the_timeline_tells_what_matters(acme: Organization, nordwind: Partner, client: Client, url: Any) -> None:
    with scope(acme):
        record(kind=fact_kinds.get("enablement.content_completed"), at=NOW, partner_id=nordwind.pk)
        record(kind=fact_kinds.get("enablement.recall_answered"), at=NOW, partner_id=nordwind.pk)
    page = client.get(url("partner_detail", nordwind.public_id)).content.decode()
    assert "Content completed" in page
    assert "Recall question answered" not in page


def test_archiving_offers_an_undo(acme: Organization, nordwind: Partner, client: Client, url: Any) -> None:
    answer = client.post(url("partner_archive", nordwind.public_id))
    page = client.get(answer["Location"]).content.decode()
    assert url("partner_restore", nordwind.public_id) in page
    assert client.post(url("partner_restore", nordwind.public_id)).status_code == 303
    with scope(acme):
        assert Partner.objects.listed().exists()
    assert client.post(url("partner_restore", nordwind.public_id)).status_code == 303


def test_a_partner_is_put_into_a_group_with_reason_and_end(
    acme: Organization, nordwind: Partner, msps: Group, client: Client, url: Any
) -> None:
    where = url("partner_join_group", nordwind.public_id)
    for wrong in (
        {"group": "nothing"},
        {"group": msps.public_id, "until": "2020-01-01"},
        {"group": msps.public_id, "until": "x"},
    ):
        assert client.post(where, {"reason": "Sells", **wrong}).status_code == 422
    form = {"group": msps.public_id, "reason": "Sells", "until": "2099-12-31"}
    assert client.post(where, form).status_code == 303
    with scope(acme):
        row = GroupMember.objects.get()
    assert (row.reason, str(row.ends_at)) == ("Sells", "2099-12-31 23:00:00+00:00")
    page = client.get(url("partner_detail", nordwind.public_id)).content.decode()
    assert "MSPs" in page
    assert "Sells" in page


def test_many_go_into_a_group_at_once_and_out_again(
    acme: Organization,
    umbrellas_nordwind: Partner,
    nordwind: Partner,
    kestrel: Partner,
    msps: Group,
    client: Client,
    url: Any,
) -> None:
    chosen = [nordwind.public_id, kestrel.public_id]
    for stranger in (umbrellas_nordwind.public_id, "nonsense"):
        sent = {"partner": [*chosen, stranger], "action": "group", "group": msps.public_id}
        assert client.post(url("partner_bulk"), sent).status_code == 404
    with scope(acme):
        assert not GroupMember.objects.exists()
    asked = client.post(url("partner_bulk"), {"partner": chosen, "action": "group"}).content.decode()
    assert "Add 2 partners to a group" in asked
    assert "Kestrel, Nordwind GmbH" in asked
    answer = client.post(url("bulk_group"), {"partner": chosen, "query": "", "group": msps.pk})
    assert answer["Location"] == url("group_detail", msps.public_id)
    page = client.get(answer["Location"])
    assert "2 partners added to MSPs." in page.content.decode()
    undo = next(toast.undo_url for toast in page.context["shell"].toasts)
    assert client.post(undo).status_code == 303
    with scope(acme):
        assert not GroupMember.objects.open().exists()


@pytest.mark.parametrize("name", ["group_add", "group_keep_out", "product_grant"])
def test_what_is_ticked_stays_while_one_searches(
    acme: Organization,
    nordwind: Partner,
    kestrel: Partner,
    umbrellas_nordwind: Partner,
    msps: Group,
    client: Client,
    url: Any,
    name: str,
) -> None:
    with scope(acme):
        about = ProductFactory.create() if name == "product_grant" else msps
    asked = {"q": "kestrel", "partner": [nordwind.public_id, umbrellas_nordwind.public_id]}
    page = client.get(url(name, about.public_id), asked, headers={"HX-Request": "true", "HX-Target": "partners"})
    found = [line for line in page.content.decode().split("<li") if 'name="partner"' in line]
    assert len(found) == 2
    assert [f'value="{nordwind.public_id}"' in found[0], " checked" in found[0]] == [True, True]
    assert [f'value="{kestrel.public_id}"' in found[1], " checked" in found[1]] == [True, False]
    whole = client.get(url(name, about.public_id), asked).content.decode()
    assert 'hx-include="closest form, [name=partner]:checked"' in whole
    assert 'type="hidden" name="partner"' not in whole


def test_bulk_without_partners_or_with_a_foreign_group(
    acme: Organization, nordwind: Partner, client: Client, url: Any
) -> None:
    assert client.post(url("partner_bulk"), {"action": "group"})["Location"] == url("partner_list")
    wrong = client.post(url("bulk_group"), {"partner": [nordwind.public_id], "query": "", "group": "x"})
    assert wrong.status_code == 422
    invite = client.post(url("partner_bulk"), {"partner": [nordwind.public_id], "action": "invite"})
    assert invite["Location"] == f"{url('partner_invite')}?partner={nordwind.public_id}"


def test_a_test_partner_is_made_once_and_marked(acme: Organization, client: Client, url: Any) -> None:
    client.post(url("partner_try"))
    answer = client.post(url("partner_try"))
    page = client.get(answer["Location"]).content.decode()
    assert "Test, not counted" in page
    assert "alice+test@acme.example" in page
    with scope(acme):
        assert Partner.objects.count() == 1


# ── People ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_people_are_invited_with_the_exact_mail_beside(
    acme: Organization, nordwind: Partner, client: Client, url: Any
) -> None:
    where = f"{url('partner_invite')}?partner={nordwind.public_id}"
    field = f"emails_{nordwind.public_id}"
    page = client.get(where).content.decode()
    assert "People of Nordwind GmbH will see nothing yet" in page
    typed = {field: "Lena Brandt <LENA@nordwind.example>\ntom@nordwind.example", "note": "See you on Monday."}
    preview = client.post(where, typed, headers={"HX-Request": "true", "HX-Target": "preview"})
    assert preview.status_code == 200
    assert b"<html" not in preview.content
    assert b"See you on Monday." in preview.content
    assert b"Lena" in preview.content
    without_script = client.post(where, {**typed, "preview": "on"})
    assert b"See you on Monday." in without_script.content
    wrong = client.post(where, {**typed, field: "nobody@", "preview": "on"})
    assert (wrong.status_code, b"nobody@" in wrong.content, b"See you on Monday." in wrong.content) == (422, True, True)
    assert b"invalid-feedback" in wrong.content
    with scope(acme):
        assert not Invitation.objects.exists()
    assert client.post(where, typed)["Location"] == url("partner_detail", nordwind.public_id)
    with scope(acme):
        assert set(Invitation.objects.values_list("email", "name")) == {
            ("lena@nordwind.example", "Lena Brandt"),
            ("tom@nordwind.example", ""),
        }
    assert b"tom@nordwind.example" in client.get(url("partner_detail", nordwind.public_id)).content


@pytest.mark.parametrize(
    "emails", ["", "nobody", "a@b@c", "lena@nordwind.example, lena@nordwind.example", "x" * 6000, "alice@acme.example"]
)
def test_wrong_addresses_invite_nobody(
    acme: Organization, nordwind: Partner, client: Client, url: Any, emails: str
) -> None:
    where = f"{url('partner_invite')}?partner={nordwind.public_id}"
    answer = client.post(where, {f"emails_{nordwind.public_id}": emails, "note": "Kept words"})
    assert answer.status_code == 422
    assert b"Kept words" in answer.content
    with scope(acme):
        assert not Invitation.objects.exists()


def test_people_of_several_partners(
    acme: Organization, nordwind: Partner, kestrel: Partner, umbrellas_nordwind: Partner, client: Client, url: Any
) -> None:
    where = "?".join(
        [url("partner_invite"), "&".join(f"partner={row.public_id}" for row in (nordwind, kestrel, umbrellas_nordwind))]
    )
    assert b"Invite people of 2 partners" in client.get(where).content
    assert client.post(where, {"note": "x"}).status_code == 422
    answer = client.post(where, {f"emails_{kestrel.public_id}": "paul@kestrel.example"})
    assert answer["Location"] == url("invitation_list")


def test_without_a_partner_one_chooses(
    nordwind: Partner, kestrel: Partner, lena_user: PartnerUser, client: Client, url: Any
) -> None:
    page = client.get(url("partner_invite")).content.decode()
    assert "Kestrel" in page
    assert "Nordwind" not in page


def test_a_person_is_changed_and_taken_out(
    acme: Organization, nordwind: Partner, tom_user: PartnerUser, client: Client, url: Any
) -> None:
    where = url("partner_person", nordwind.public_id, tom_user.public_id)
    assert client.post(where, {"role": "boss", "revision": 1}).status_code == 422
    assert client.post(where, {"role": "lead", "job_title": "CEO", "revision": 1}).status_code == 303
    assert client.post(where, {"role": "member", "job_title": "", "revision": 1}).status_code == 422
    assert client.post(f"{where}remove/").status_code == 303
    again = client.post(f"{where}remove/", follow=True)
    assert "no longer possible" in again.content.decode()
    with scope(acme):
        assert Membership.objects.by_id(tom_user.membership_id).state == "removed"
