"""Pages about data: what staff do there, what partners see and may change, what strangers never reach."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from partners.models import (
    Attribute,
    AttributeValue,
    DataRequest,
    Partner,
    PartnerUser,
    ProposedValue,
    QuestionPause,
    ValueChange,
)
from partners.services.asking import ask_partners
from partners.services.attributes import AttributeDetails, create_attribute
from partners.services.telling import tell
from partners.services.values import set_values
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.services.organizations import start_organization
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.costs import queries_of
from tests.factories import NOW, PersonFactory
from tests.partners.factories import AttributeFactory, PartnerFactory, choices

type SignIn = Callable[[Membership], Client]


@pytest.fixture
def focus(acme: Organization) -> Attribute:
    with scope(acme):
        return AttributeFactory.create(
            name="Focus", kind="choices", choices=choices("Cloud", "Security"), keeper="partner", confirm_months=12
        )


@pytest.fixture
def risk(acme: Organization) -> Attribute:
    with scope(acme):
        return AttributeFactory.create(name="Risk of leaving", position=1)


@pytest.fixture
def client(alice: Membership, sign_in: SignIn) -> Client:
    return sign_in(alice)


@pytest.fixture
def lenas(lena_user: PartnerUser, lena: Membership, sign_in: SignIn) -> Client:
    return sign_in(lena)


@pytest.fixture
def url(acme: Organization) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


def test_an_attribute_is_made_and_stands_on_the_partners_form(
    acme: Organization, client: Client, nordwind: Partner, url: Any
) -> None:
    typed = {"name": "Focus", "kind": "choices", "keeper": "partner", "new_choices": "Cloud\nSecurity\n"}
    assert client.post(url("attribute_create"), {**typed, "new_choices": ""}).status_code == 422
    assert client.post(url("attribute_create"), typed).status_code == 303
    with scope(acme):
        focus = Attribute.objects.get()
    form = {"name": "Nordwind GmbH", "domain": "nordwind.example", "status": "active", "country": "DE", "revision": 1}
    answer = client.post(
        url("partner_edit", nordwind.public_id), {**form, f"attribute_{focus.public_id}": ["cloud", "security"]}
    )
    assert answer.status_code == 303
    page = client.get(url("partner_detail", nordwind.public_id)).content.decode()
    assert "Cloud, Security" in page
    assert "Entered by a colleague" in page
    with scope(acme):
        assert AttributeValue.objects.get().choices == ["cloud", "security"]
    history = client.get(url("partner_history", nordwind.public_id)).content.decode()
    assert "Cloud, Security" in history
    assert "Alice Moreau" in history


def test_a_wrong_value_is_told_beside_its_field_and_every_word_is_kept(
    acme: Organization, client: Client, nordwind: Partner, url: Any
) -> None:
    with scope(acme):
        number = AttributeFactory.create(name="Engineers", kind="number")
    form = {"name": "Changed", "status": "active", "revision": 1, f"attribute_{number.public_id}": "a dozen"}
    answer = client.post(url("partner_edit", nordwind.public_id), form)
    assert answer.status_code == 422
    assert "“a dozen” is not a number." in answer.content.decode()
    assert 'value="Changed"' in answer.content.decode()
    with scope(acme):
        assert Partner.objects.get(pk=nordwind.pk).name == "Nordwind GmbH"
        assert not ValueChange.objects.exists()


def test_another_kind_is_previewed_before_values_are_converted(
    acme: Organization, client: Client, nordwind: Partner, kestrel: Partner, actor: Actor, url: Any
) -> None:
    with scope(acme):
        size = AttributeFactory.create(name="Size")
        set_values(actor=actor, partner=nordwind, values={size: "12"}, now=NOW)
        set_values(actor=actor, partner=kestrel, values={size: "a few"}, now=NOW)
    typed = {"name": "Size", "kind": "number", "keeper": "staff", "revision": 1}
    answer = client.post(url("attribute_edit", size.public_id), typed)
    assert answer.status_code == 422
    for words in ("1 value fits.", "Kestrel: “a few”", "Convert and save"):
        assert words in answer.content.decode()
    assert client.post(url("attribute_edit", size.public_id), {**typed, "is_known": "on"}).status_code == 303
    with scope(acme):
        assert [int(row.number or 0) for row in AttributeValue.objects.all()] == [12]


def test_attributes_are_moved_archived_and_brought_back(
    acme: Organization, client: Client, focus: Attribute, risk: Attribute, url: Any
) -> None:
    client.post(url("attribute_move", risk.public_id), {"to": "up"})
    with scope(acme):
        assert list(Attribute.objects.in_order()) == [risk, focus]
    client.post(url("attribute_archive", risk.public_id))
    client.get(url("attribute_list"))
    assert "Risk of leaving" not in client.get(url("partner_create")).content.decode()
    assert "Risk of leaving" in client.get(url("attribute_list") + "?show=archived").content.decode()
    client.post(url("attribute_restore", risk.public_id))
    assert "Risk of leaving" in client.get(url("partner_create")).content.decode()


def test_partners_see_what_is_for_them_and_nothing_of_others(
    acme: Organization,
    actor: Actor,
    nordwind: Partner,
    kestrel: Partner,
    focus: Attribute,
    risk: Attribute,
    lenas: Client,
    url: Any,
) -> None:
    with scope(acme):
        set_values(actor=actor, partner=nordwind, values={focus: ["cloud"], risk: "High risk"}, now=NOW)
        set_values(actor=actor, partner=kestrel, values={focus: ["security"]}, now=NOW)
    for name in ("my_company", "my_company_edit", "my_questions"):
        page = lenas.get(url(name)).content.decode()
        assert "Risk of leaving" not in page
        assert "High risk" not in page
    page = lenas.get(url("my_company")).content.decode()
    assert "Cloud" in page
    assert "Security" not in page


def test_a_lead_answers_skips_and_says_what_is_not_known(
    acme: Organization, nordwind: Partner, focus: Attribute, lenas: Client, url: Any
) -> None:
    shown = ["region", "language", "website"]
    assert lenas.post(url("my_questions"), {"field": shown}).status_code == 422
    answer = lenas.post(url("my_questions"), {"field": shown, "record_region": "DACH", "unknown": "language"})
    assert answer.status_code == 303
    with scope(acme):
        assert Partner.objects.get(pk=nordwind.pk).region == "DACH"
        assert QuestionPause.objects.get().field == "language"
    lenas.post(url("my_questions"), {"field": ["website"], "skip": "on"})
    page = lenas.get(url("my_questions")).content.decode()
    assert "Focus" in page
    assert "Website" not in page
    lenas.post(url("my_questions"), {"field": [focus.field], f"attribute_{focus.public_id}": ["cloud"]})
    assert "Nothing else is asked" in lenas.get(url("my_questions")).content.decode()


def test_a_member_reads_and_only_a_lead_changes(
    acme: Organization, tom_user: PartnerUser, sign_in: SignIn, url: Any
) -> None:
    toms = sign_in(tom_user.membership)
    assert toms.get(url("my_company")).status_code == 200
    for name in ("my_company_edit", "my_questions"):
        assert toms.get(url(name)).status_code == 403
        assert toms.post(url(name), {"record_region": "DACH"}).status_code == 403


def test_staff_ask_and_the_mails_page_answers_all_of_it(
    acme: Organization,
    client: Client,
    lenas: Client,
    paul_user: PartnerUser,
    sign_in: SignIn,
    focus: Attribute,
    url: Any,
) -> None:
    asked = f"{url('data_request_create')}?field={focus.field}"
    assert "1 partner is asked" in client.get(asked).content.decode()
    assert client.post(asked, {"fields_asked": [focus.field, "region"], "note": "For May."}).status_code == 303
    with scope(acme):
        request = DataRequest.objects.get()
    page = lenas.get(url("my_data_request", request.public_id)).content.decode()
    assert "Focus" in page
    assert "Region" in page
    assert "Website" not in page
    paul_user.role = "lead"
    with scope(acme):
        paul_user.save()
    assert sign_in(paul_user.membership).get(url("my_data_request", request.public_id)).status_code == 404
    typed = {"field": [focus.field, "region"], f"attribute_{focus.public_id}": ["cloud"], "record_region": "North"}
    assert lenas.post(url("my_data_request", request.public_id), typed).status_code == 303
    assert "1 of 1 have answered" in client.get(url("data_request_detail", request.public_id)).content.decode()


def test_a_proposal_is_decided_in_the_queue(
    acme: Organization, client: Client, lenas: Client, lena: Membership, nordwind: Partner, url: Any
) -> None:
    with scope(acme):
        tell(actor=Actor.of(lena), partner=nordwind, told={"country": "AT"}, now=NOW)
        proposal = ProposedValue.objects.get()
    assert "waits for Acme Cloud" in lenas.get(url("my_company")).content.decode()
    assert "Austria" in client.get(url("proposal_list")).content.decode()
    client.post(url("proposal_decide", proposal.public_id), {"decision": "decline", "reason": ""})
    with scope(acme):
        assert ProposedValue.objects.waiting().exists()
    client.post(url("proposal_decide", proposal.public_id), {"decision": "accept"})
    with scope(acme):
        assert Partner.objects.get(pk=nordwind.pk).country == "AT"
    assert "Accepted" in client.get(url("proposal_list") + "?show=decided").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_at_any_size(
    acme: Organization, alice: Membership, client: Client, actor: Actor, lena_user: PartnerUser, url: Any, count: int
) -> None:
    with scope(acme):
        rows = [AttributeFactory.create(name=f"Focus {number}", keeper="partner") for number in range(count)]
        for number in range(count):
            partner = PartnerFactory.create(name=f"Partner {number}")
            set_values(actor=actor, partner=partner, values={rows[0]: "x"}, now=NOW)
            tell(actor=actor, partner=partner, told={"country": "AT"}, now=NOW)
            ask_partners(actor=actor, asker=alice, fields=[rows[number].field], now=NOW)
    costs = {
        "attribute_list": queries_of(client, url("attribute_list")),
        "attribute_detail": queries_of(client, url("attribute_detail", rows[0].public_id)),
        "proposal_list": queries_of(client, url("proposal_list")),
        "partner_edit": queries_of(client, url("partner_edit", lena_user.partner.public_id)),
    }
    assert costs == {"attribute_list": 10, "attribute_detail": 10, "proposal_list": 6, "partner_edit": 8}


def test_a_new_organization_begins_with_the_standard_attributes(db: None) -> None:
    member = start_organization(person=PersonFactory.create(), name="Initech", now=NOW)
    with scope(member.organization):
        listed = Attribute.objects.in_order().values_list("standard", "kind")
        assert list(listed) == [
            ("industry", "choices"),
            ("specializations", "choices"),
            ("size", "choice"),
            ("capacity", "number"),
        ]


def test_an_attribute_of_another_organization_does_not_exist_here(
    umbrella: Organization, charlie: Membership, client: Client, url: Any
) -> None:
    with scope(umbrella):
        theirs = create_attribute(actor=Actor.of(charlie), details=AttributeDetails("Focus", "text"), now=NOW)
    for name in ("attribute_detail", "attribute_edit"):
        assert client.get(url(name, theirs.public_id)).status_code == 404


def test_attributes_stand_under_their_headings(
    acme: Organization, client: Client, lenas: Client, actor: Actor, nordwind: Partner, url: Any
) -> None:
    with scope(acme):
        made = [
            AttributeFactory.create(name="Founded", position=0),
            AttributeFactory.create(name="Engineers", position=1, section="What they can do", keeper="shown"),
            AttributeFactory.create(name="Signed", position=2, section="Contract", keeper="shown"),
            AttributeFactory.create(name="Languages", position=3, section="What they can do", keeper="shown"),
        ]
        set_values(actor=actor, partner=nordwind, values=dict.fromkeys(made, "x"), now=NOW)
    wanted = ["Founded", "What they can do", "Engineers", "Languages", "Contract", "Signed"]
    for page in (
        client.get(url("partner_edit", nordwind.public_id)).content.decode(),
        client.get(url("partner_detail", nordwind.public_id)).content.decode(),
    ):
        places = [page.index(f">{words}<" if f">{words}<" in page else words) for words in wanted]
        assert places == sorted(places)
    shown = lenas.get(url("my_company")).content.decode()
    assert shown.index("What they can do") < shown.index("Contract")
    assert "Founded" not in shown


def test_a_heading_is_taken_as_it_is_written_elsewhere(acme: Organization, client: Client, url: Any) -> None:
    with scope(acme):
        AttributeFactory.create(name="Engineers", section="What they can do")
    typed = {"name": "Languages", "kind": "text", "keeper": "staff", "section": " what THEY  can do "}
    assert client.post(url("attribute_create"), typed).status_code == 303
    with scope(acme):
        assert set(Attribute.objects.values_list("section", flat=True)) == {"What they can do"}
    assert '<option value="What they can do">' in client.get(url("attribute_create")).content.decode()


def test_a_partners_page_tells_what_is_missing_and_where_the_record_comes_from(
    acme: Organization, client: Client, actor: Actor, nordwind: Partner, focus: Attribute, risk: Attribute, url: Any
) -> None:
    page = client.get(url("partner_detail", nordwind.public_id)).content.decode()
    assert "Region, Language, Website, Account manager, Focus, Risk of leaving" in page
    asked = f"partner={nordwind.public_id}&amp;field=region&amp;field=language&amp;field=website&amp;field=attribute"
    assert asked in page
    assert "Germany" in page
    assert f"{url('partner_history', nordwind.public_id)}?field=country" in page
    history = client.get(f"{url('partner_history', nordwind.public_id)}?field=country").content.decode()
    assert "History of Country" in history
    with scope(acme):
        tell(actor=actor, partner=nordwind, told={"region": "North"}, now=NOW)
    assert (
        "Told by the partner (Alice Moreau)" in client.get(url("partner_detail", nordwind.public_id)).content.decode()
    )


def test_the_mail_is_read_before_it_is_sent(
    acme: Organization, client: Client, lena_user: PartnerUser, focus: Attribute, mailoutbox: list[Any], url: Any
) -> None:
    typed = {"fields_asked": [focus.field, "region"], "note": "You know why <b>I</b> ask.", "preview": "on"}
    page = client.post(url("data_request_create"), typed).content.decode()
    assert "Acme Cloud asks about Nordwind GmbH: one minute" in page
    assert "You know why &lt;b&gt;I&lt;/b&gt; ask." in page
    assert "Hello Lena," in page
    assert "<li>Focus</li>" in page
    assert "<li>Region</li>" in page
    assert "Alice Moreau (Acme Cloud)" in page
    with scope(acme):
        assert not DataRequest.objects.exists()
    part = client.post(url("data_request_create"), typed, headers={"HX-Request": "true", "HX-Target": "preview"})
    assert "<html" not in part.content.decode()
