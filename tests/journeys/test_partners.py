"""Partners by hand and from a spreadsheet; something useful for one group of them; and the way in by one mail."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload

from enablement.models import Content
from partners.models import Group, GroupMember, Partner, PreparedPerson
from partners.services.groups import GroupDetails, add_to_group, create_group
from partners.services.inviting import Invitee, invite_people
from prm.accounts.actors import Actor
from prm.accounts.models import Membership, Person
from prm.imports.models import Import
from prm.invitations.models import Invitation
from prm.invitations.services import withdraw
from prm.jobs.worker import work_piece
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.journeys.conftest import Visitor
from tests.journeys.letters import Mailbox, button
from tests.partners.factories import PartnerFactory

type Arrive = Callable[..., Visitor]
type Deliver = Callable[[datetime], list[Any]]

STUDIO = "/o/acme/studio/"
LENA, PAUL = "lena@nordwind.example", "paul@kestrel.example"
TYPO, MENDED, FORMER = "tim@nordwnd.example", "tim@nordwind.example", "former@kestrel.example"
SPREADSHEET = Path(__file__).parents[2] / "demo" / "material" / "new-partners.csv"
NOTE = "You asked me for prices twice, so here they are."
PRICES: FilePayload = {"name": "prices.csv", "mimeType": "text/csv", "buffer": b"Product,Price\nBackup,12\n"}


def work(organization: Organization) -> None:
    """What a worker does, now."""
    while work_piece(organization, timezone.now()):
        pass


@pytest.mark.timeout(240)
def test_bring_your_partners(visitor: Arrive, alice: Membership, acme: Organization, mailoutbox: list[Any]) -> None:
    owner = visitor(alice)
    _add_two_by_hand(owner)
    _look_at_the_rows(owner)
    _take_them_back(owner, acme)
    _make_groups_of_a_column(owner, acme)
    _try_it_on_oneself(owner, acme)
    _take_it_along(visitor(alice, phone=True), acme)
    assert not mailoutbox, "nobody gets a mail from any of this"


def _add_two_by_hand(owner: Visitor) -> None:
    owner.open(f"{STUDIO}partners/").sees("Who are your partners?").click("Add one by hand", "link")
    owner.fill(name="Nordwind IT", domain="https://www.nordwind.example/about").click("Add the partner")
    owner.sees("Nordwind IT").sees("nordwind.example")
    owner.open(f"{STUDIO}partners/new/").fill(name="Nordwind", domain="nordwind.example").click("Add the partner")
    owner.sees("Is it one of these?").fill(name="Kestrel Networks", domain="kestrel.example")
    owner.page.get_by_role("button", name="Add the partner").or_(
        owner.page.get_by_role("button", name="It is another company: save it")
    ).click()
    owner.page.get_by_role("heading", name="Kestrel Networks", level=1).wait_for()


def _look_at_the_rows(owner: Visitor) -> None:
    _upload(owner)
    owner.sees("18 new, 1 looks like Nordwind IT").sees("1 has no name").sees("Nobody gets a mail from this")
    owner.sees("Already there").sees("Nordwind IT GmbH")
    owner.page.get_by_role("form", name="Row 8").get_by_label("Company").fill("Iberia Sin Nombre")
    owner.click("Mend").sees("19 new")
    assert owner.page.get_by_role("button", name="Leave out").count() == 19
    owner.page.get_by_role("row", name="Sonnenberg Computer").get_by_role("button", name="Leave out").click()
    owner.sees("18 new").sees("Take it")


def _upload(owner: Visitor) -> None:
    owner.open(f"{STUDIO}partners/import/")
    owner.page.get_by_label("Spreadsheet").set_input_files(SPREADSHEET)
    owner.click("Look at the rows")


def _take_them_back(owner: Visitor, acme: Organization) -> None:
    _apply(owner, acme, "Add 18 partners")
    owner.sees("18 partners added")
    owner.page.get_by_role("button", name="Undo").click()
    work(acme)
    owner.page.get_by_role("heading", name="18 partners taken back").wait_for()
    with scope(acme):
        assert Partner.objects.count() == 2


def _apply(owner: Visitor, acme: Organization, button: str) -> None:
    """The page of the job is left by itself as soon as a worker has done it."""
    owner.page.get_by_role("button", name=button).click()
    owner.page.get_by_role("progressbar").wait_for()
    work(acme)
    owner.page.get_by_role("link", name="Look at them").wait_for()
    owner.look()


def _make_groups_of_a_column(owner: Visitor, acme: Organization) -> None:
    _upload(owner)
    _apply(owner, acme, "Add 18 partners")
    owner.sees("Column Type has 2 values: make groups of them?")
    owner.page.get_by_label("Cloud Reseller").fill("Cloud Resellers")
    owner.page.get_by_label("MSP").fill("MSPs")
    owner.click("Make 2 groups").sees("Cloud Resellers").sees("MSPs")
    with scope(acme):
        assert set(Group.objects.values_list("name", flat=True)) == {"Cloud Resellers", "MSPs"}
        assert GroupMember.objects.count() == 18


def _try_it_on_oneself(owner: Visitor, acme: Organization) -> None:
    owner.open(f"{STUDIO}partners/").sees("20 partners")
    owner.page.get_by_text("More", exact=True).click()
    owner.click("Try it on yourself", "link").click("Make my test partner").sees("Test, not counted")
    owner.open(f"{STUDIO}partners/").sees("20 partners").sees("Test")


def _take_it_along(phone: Visitor, acme: Organization) -> None:
    with scope(acme):
        nordwind = Partner.objects.get(name="Nordwind IT").public_id
        group = Group.objects.get(name="MSPs").public_id
        imported = Import.objects.latest("pk").public_id
    for page, words in (
        ("", "20 partners"),
        (f"{nordwind}/", "Nobody is in yet"),
        ("../groups/", "Cloud Resellers"),
        (f"../groups/{group}/", "Type: MSP"),
        ("import/", "Bring your partners"),
        (f"import/{imported}/", "18 partners added"),
        ("invite/", "Of which partners?"),
    ):
        phone.open(f"{STUDIO}partners/{page}").sees(words)


@pytest.mark.timeout(240)
def test_a_spreadsheet_mends_what_is_known_and_is_taken_back(
    visitor: Arrive, alice: Membership, acme: Organization, mailoutbox: list[Any]
) -> None:
    with scope(acme):
        PartnerFactory.create(name="Nordwind IT", domain="nordwind.example", country="AT", region="")
        PartnerFactory.create(name="Kestrel Networks", domain="kestrel.example", country="GB", region="North")
    # Whoever signs in by a code is not asked for a password before they erase somebody.
    alice.person.set_unusable_password()
    alice.person.save()
    owner = visitor(alice)
    _update_by_a_spreadsheet(owner, acme)
    _take_the_update_back(owner, acme)
    _bring_people(owner, acme)
    _erase_one_of_them(owner, acme)
    phone = visitor(alice, phone=True)
    phone.open(f"{STUDIO}settings/erasures/").sees("Asked by mail").open("/o/acme/my-data/").sees("Download my data")
    assert not mailoutbox, "nobody gets a mail from any of this"


def _bring(owner: Visitor, name: str, text: str, kind: str = "") -> None:
    owner.open(f"{STUDIO}partners/import/{kind}")
    table: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    owner.page.get_by_label("Spreadsheet").set_input_files(table)
    owner.click("Look at the rows")


def _update_by_a_spreadsheet(owner: Visitor, acme: Organization) -> None:
    _bring(owner, "crm.csv", "Company,Domain,Country,Region\nNordwind IT,nordwind.example,DE,Baltic\nNew One,,FR,\n")
    owner.sees("1 new").sees("looks like").sees("Austria").sees("Germany")
    owner.page.get_by_label("Add what is new, update the others").check()
    owner.click("Apply this choice").sees("will be updated")
    _apply(owner, acme, "Add 1 partner, update 1")
    owner.sees("1 partner added, 1 updated")
    with scope(acme):
        assert Partner.objects.filter(name="Nordwind IT", country="DE", region="Baltic").exists()


def _take_the_update_back(owner: Visitor, acme: Organization) -> None:
    owner.page.get_by_role("button", name="Undo").click()
    owner.page.get_by_role("progressbar").wait_for()
    work(acme)
    owner.page.get_by_role("heading", name="1 partner taken back, 1 has its former values again").wait_for()
    with scope(acme):
        assert set(Partner.objects.values_list("name", "country", "region")) == {
            ("Nordwind IT", "AT", ""),
            ("Kestrel Networks", "GB", "North"),
        }


def _bring_people(owner: Visitor, acme: Organization) -> None:
    _bring(
        owner, "people.csv", "Name,E-mail,Company\nMara Lindqvist,mara@nordwind.example,Nordwind IT\n", "?kind=people"
    )
    _apply(owner, acme, "Add 1 person")
    owner.sees("1 person is prepared for an invitation")


def _erase_one_of_them(owner: Visitor, acme: Organization) -> None:
    owner.open(f"{STUDIO}settings/erasures/").fill(email="mara@nordwind.example")
    owner.click("Look what is kept").sees("who has no account here").sees("Mara Lindqvist")
    owner.page.get_by_label("Why").fill("Asked by mail")
    owner.page.get_by_label("I know that nobody can bring this back").check()
    owner.click("Erase this person")
    owner.page.get_by_role("progressbar").wait_for()
    work(acme)
    owner.page.get_by_text("Nothing here says any more who it was.").wait_for()
    with scope(acme):
        assert not PreparedPerson.objects.exists()


@pytest.mark.timeout(240)
def test_one_useful_thing_for_one_group(
    visitor: Arrive, alice: Membership, acme: Organization, render_outbox: Deliver, mailoutbox: list[Any]
) -> None:
    with scope(acme):
        _divide(alice, {"Nordwind Systems": "Cloud Resellers", "Kestrel Networks": "MSPs"})
    owner, mailbox = visitor(alice), Mailbox(mailoutbox)
    _write_an_article(owner)
    _upload_a_file(owner)
    _invite(owner)
    render_outbox(timezone.now())
    _keep_in_hand(owner, acme)
    render_outbox(timezone.now())
    assert [len(mailbox.of(email)) for email in (TYPO, MENDED, FORMER)] == [1, 1, 1]
    lena = _accept(visitor, mailbox, LENA)
    _read_and_get(lena, acme)
    owner.open(f"{STUDIO}invitations/").sees("Accepted")
    _find_nothing(_accept(visitor, mailbox, PAUL), acme)
    assert [len(mailbox.of(email)) for email in (LENA, PAUL)] == [2, 1], "what was sent, and nothing for joining"


def _divide(alice: Membership, groups: dict[str, str]) -> None:
    """Partners of these names, each in its group, with Alice as their contact."""
    actor, now = Actor.of(alice), timezone.now()
    for name, group_name in groups.items():
        partner = PartnerFactory.create(name=name, account_manager=alice)
        group = create_group(actor=actor, details=GroupDetails(name=group_name), now=now)
        add_to_group(actor=actor, group=group, partner_ids=[partner.pk], now=now)


def _write_an_article(owner: Visitor) -> None:
    owner.open(f"{STUDIO}library/").click("Add content", "link").click("Write an article", "link")
    owner.fill(title="What backup costs", body="## Prices\n\nA seat is **12 euros** a month.", summary="In two lines.")
    _for_the_group(owner)
    owner.click("Save as a draft").sees("Questions that keep it alive")
    where = owner.page.url
    for number in (1, 2, 3):
        owner.page.get_by_role("link", name="Add a question").click()
        _ask(owner, number)
        owner.page.wait_for_url(where + "**")
    owner.look()
    owner.click("Publish").sees("1 partner, but nobody of it has joined yet")


def _for_the_group(owner: Visitor) -> None:
    owner.sees("0 people can see it yet")
    owner.page.get_by_role("checkbox", name="Cloud Resellers").check()
    owner.page.get_by_text("1 partner, but nobody of it has joined yet").wait_for()


def _ask(owner: Visitor, number: int) -> None:
    page = owner.page
    page.locator("[name=claim]").fill(f"Claim number {number}: a seat costs 12 euros.")
    page.locator("[name='0-question']").fill(f"What does a seat cost ({number})?")
    for option, text in enumerate(("10 euros", "12 euros", "14 euros", "It depends")):
        page.locator(f"[name='0-option-{option}']").fill(text)
    page.get_by_role("radio", name="Answer 2 is right").first.check()
    if number == 1:
        owner.look()
    page.get_by_role("button", name="Save", exact=True).click()


def _upload_a_file(owner: Visitor) -> None:
    owner.open(f"{STUDIO}library/new/file/").fill(title="Price sheet")
    owner.page.get_by_label("File", exact=True).set_input_files(PRICES)
    _for_the_group(owner)
    owner.click("Save as a draft").sees("prices.csv").click("Publish").sees("Published")


def _invite(owner: Visitor) -> None:
    page = owner.page
    owner.open(f"{STUDIO}partners/invite/")
    for name in ("Kestrel Networks", "Nordwind Systems"):
        page.get_by_role("checkbox", name=name).check()
    owner.click("Go on")
    page.get_by_label("People of Kestrel Networks").fill(f"{PAUL}, {FORMER}")
    page.get_by_label("People of Nordwind Systems").fill(f"Lena Brandt <{LENA}>\nTim Falk <{TYPO}>")
    page.get_by_label("A personal line").fill(NOTE)
    preview = page.get_by_label("The mail as it will be")
    preview.get_by_text(NOTE).wait_for()
    owner.look()
    owner.click("Send the invitations").sees("4 invitations are on their way").sees(LENA).sees(PAUL)


def _keep_in_hand(owner: Visitor, acme: Organization) -> None:
    """The link by chat, the mail once more, to another address, or never mind."""
    page = owner.page
    owner.open(f"{STUDIO}invitations/").sees("Sent").click("Tim Falk", "link").sees(NOTE)
    owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert "/o/acme/join/" in page.evaluate("navigator.clipboard.readText()")
    owner.click("Send again").sees("It was sent less than a minute ago")
    page.get_by_text("Mend the address").click()
    owner.fill(email=MENDED).click("Mend and send").sees(f"Sent to {MENDED} instead")
    with scope(acme):
        Invitation.objects.filter(email=LENA).update(sent_at=timezone.now() - timedelta(minutes=5))
    owner.open(f"{STUDIO}invitations/").click("Lena Brandt", "link").click("Send again").sees(f"Sent again to {LENA}")
    owner.open(f"{STUDIO}invitations/").click(FORMER, "link")
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("heading", name="Withdraw the invitation?").wait_for()
    owner.look()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    page.get_by_text(f"Withdrawn. The link to {FORMER} no longer works.").wait_for()
    owner.open(f"{STUDIO}invitations/?state=ended").sees(FORMER)
    assert not owner.reads(LENA)
    assert page.locator(".cn-chip[aria-current]").inner_text() == "Withdrawn, passed on"


def _accept(visitor: Arrive, mailbox: Mailbox, email: str) -> Visitor:
    mail = mailbox.newest(email)
    assert "Alice Moreau" in mail.from_email
    assert NOTE in mail.body
    phone = visitor(phone=True)
    phone.open(button(mail)).sees(NOTE)
    if email == PAUL:
        phone.fill(name="Paul Ortega")
    phone.click("Join").sees("You are in.")
    assert not Person.objects.get(email=email).has_usable_password()
    return phone


def _contents(acme: Organization) -> dict[str, str]:
    with scope(acme):
        return dict(Content.objects.values_list("title", "public_id"))


def _read_and_get(lena: Visitor, acme: Organization) -> None:
    lena.sees("Hello, Lena").open("/o/acme/learn/").click("What backup costs", "link").sees(
        "A seat is 12 euros a month."
    )
    check = lena.page.locator(".en-check").first
    check.get_by_text("12 euros", exact=True).click()
    check.get_by_role("button", name="Confirm").click()
    lena.page.get_by_text("Right", exact=True).wait_for()
    lena.look()
    lena.open(f"/o/acme/learn/{_contents(acme)['Price sheet']}/")
    with lena.page.expect_download() as download:
        lena.page.get_by_role("link", name="Download").click()
    assert download.value.path().read_bytes() == PRICES["buffer"]


def _find_nothing(paul: Visitor, acme: Organization) -> None:
    """A thing of others and a thing that is not look the same."""
    paul.open("/o/acme/learn/").sees("Nothing here yet")
    for public_id in (*_contents(acme).values(), "nosuchthing0"):
        paul.open(f"/o/acme/learn/{public_id}/", status=404)
        paul.sees("There is nothing here for you").sees("Ask Alice for access")


@pytest.mark.timeout(180)
def test_links_that_lead_nowhere(
    visitor: Arrive, alice: Membership, frida: Membership, acme: Organization, mailoutbox: list[Any]
) -> None:
    """Each says what happened and what to do, to somebody who stands there with a phone."""
    with scope(acme):
        names = ("lapsed", "used", "withdrawn", "other")
        links = _invitations(alice, PartnerFactory.create(name="Nordwind Systems"), names)
        Invitation.objects.filter(email="lapsed@nordwind.example").update(expires_at=timezone.now())
        withdraw(
            actor=Actor.of(alice),
            invitation=Invitation.objects.get(email="withdrawn@nordwind.example"),
            now=timezone.now(),
        )
    phone = visitor(phone=True)
    phone.open("/o/acme/join/neverheardofit/", status=404).sees("This link leads nowhere")
    phone.open(links["withdrawn"], status=410).sees("This invitation was withdrawn").sees("alice@acme.example")
    phone.open(links["lapsed"], status=410).sees("This link ended on")
    phone.click("Send a new one to l…@nordwind.example").sees("A new link is on its way")
    phone.open(links["used"]).fill(name="Una Used").click("Join").sees("You are in.")
    visitor(phone=True).open(links["used"], status=410).sees("accepted already").click("Sign in", "link")
    colleague = visitor(frida, phone=True)
    colleague.open(links["other"]).sees("You are signed in as frida@acme.example")
    colleague.click("Switch").fill(name="Otto Other").click("Join").sees("You are in.")


def _invitations(alice: Membership, partner: Partner, names: tuple[str, ...]) -> dict[str, str]:
    """An invitation of Nordwind for each of the names, and the path of the link that was mailed."""
    invitees = [Invitee(f"{name}@nordwind.example") for name in names]
    made = invite_people(actor=Actor.of(alice), inviter=alice, partner=partner, invitees=invitees, now=timezone.now())
    return {name: f"/o/acme/join/{row.mailed_token}/" for name, row in zip(names, made, strict=True)}
