"""A cohort from its promise to its graduates, each step by whose it is: facilitator at a desk, partners on phones."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cohorts.models import Application, Cohort, Session
from partners.models import Partner
from prm.accounts.models import Membership
from prm.outbox.moments import run_moment
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import NOW
from tests.journeys.conftest import Visitor
from tests.journeys.letters import Mailbox, link
from tests.partners.factories import PartnerFactory, partner_user

type Arrive = Callable[..., Visitor]

LENA, PAUL = "lena@nordwind.example", "paul@kestrel.example"
PROMISE = "You have had three discovery conversations with customers of your own, and one of them goes on."
A_DAY_BEFORE = datetime(2026, 12, 7, 9, tzinfo=UTC)
AN_HOUR_BEFORE = datetime(2026, 12, 8, 8, tzinfo=UTC)
AFTER_THE_FIRST = datetime(2026, 12, 8, 10, 30, tzinfo=UTC)
AFTER_THE_LAST = datetime(2026, 12, 29, 10, 30, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


class House:
    """Who takes part, and what everybody looks at."""

    def __init__(self, arrive: Arrive, acme: Organization, people: list[Membership], sent: list[Any]) -> None:
        self._arrive, self.acme = arrive, acme
        self._frida, self._lena, self._paul = people
        self.mailbox = Mailbox(sent)

    def frida(self) -> Visitor:
        return self._arrive(self._frida)

    def lena(self) -> Visitor:
        return self._arrive(self._lena, phone=True)

    def paul(self) -> Visitor:
        return self._arrive(self._paul, phone=True)

    def anybody(self) -> Visitor:
        return self._arrive(phone=True)

    def deliver(self, at: datetime | None = None) -> None:
        """What worker and scheduler do at this moment, or by now."""
        run_moment(at or timezone.now(), [self.acme])

    @property
    def studio(self) -> str:
        """The cohort in the studio."""
        with scope(self.acme):
            return f"/o/acme/studio/cohorts/{Cohort.objects.get().public_id}/"

    @property
    def portal(self) -> str:
        return self.studio.replace("/studio", "")

    def count(self, email: str, words: str) -> int:
        """How many mails about this the person got so far."""
        return len(self.mailbox.about(email, words))


@pytest.fixture
def house(
    visitor: Arrive,
    acme: Organization,
    frida: Membership,
    lena: Membership,
    paul: Membership,
    mailoutbox: list[Any],
    clock: time_machine.Traveller,
) -> House:
    with scope(acme):
        companies: list[Partner] = [
            PartnerFactory.create(name=name, domain=f"{name.lower()}.example") for name in ("Nordwind", "Kestrel")
        ]
        for company, membership in zip(companies, (lena, paul), strict=True):
            partner_user(company, membership=membership)
    return House(visitor, acme, [frida, lena, paul], mailoutbox)


@pytest.mark.xdist_group("browser-cohort")
@pytest.mark.timeout(400)
def test_a_cohort_from_promise_to_graduation(house: House, clock: time_machine.Traveller) -> None:
    frida = house.frida()
    _promise(frida)
    _plan(frida)
    _edit_in_two_tabs(frida, house)
    _open_and_nominate(frida, house)
    _apply(house)
    _decide(frida, house)
    _hear(house)
    _begin(frida)
    _remind_once(house)
    clock.move_to(AFTER_THE_FIRST)
    _after_a_session(house)
    _homework(house)
    clock.move_to(AFTER_THE_LAST)
    _graduate(house)
    _show(house)


def _promise(frida: Visitor) -> None:
    frida.open("/o/acme/studio/programs/new/").click("Small", "link")
    frida.fill(title="First three deals", promise=PROMISE, for_whom="People who talk to customers every week.")
    frida.fill(expectations="You come to all four sessions.", gains="A group that does the same work.")
    frida.click("Save").sees("First three deals")


def _plan(frida: Visitor) -> None:
    frida.open("/o/acme/studio/cohorts/new/")
    frida.fill(title="Winter 2026", applications_close_on="2026-12-04", first_on="2026-12-08", starts_time="10:00")
    frida.fill(count="4", minutes="60", link="https://meet.example/winter")
    frida.page.get_by_label("Time zone").select_option("Europe/Berlin")
    frida.page.get_by_role("checkbox", name="Frida Sand").check()
    frida.click("Make the draft").sees("Winter 2026").sees("Next stage")


def _another_tab(visitor: Visitor) -> Visitor:
    return Visitor(visitor.context, visitor.address)


def _edit_in_two_tabs(frida: Visitor, house: House) -> None:
    frida.open(f"{house.studio}sessions/").click("Edit or move", "link")
    other = _another_tab(frida).open(frida.page.url)
    frida.fill(minutes="75").click("Save").sees("75 min")
    other.fill(leaves_with="One sentence.").click("Save").sees("Somebody saved this meanwhile").sees("75")
    assert not other.reads("10:00:00"), "what is the same is no difference"
    assert other.page.locator("[name=leaves_with]").input_value() == "One sentence.", "what was typed is kept"
    other.fill(minutes="75").click("Save").sees("Saved.").sees("75 min")
    other.page.close()


def _open_and_nominate(frida: Visitor, house: House) -> None:
    frida.open(house.studio).click("Open for applications").open(f"{house.studio}sessions/").sees("Start together")
    frida.open(f"{house.studio}applications/").click("Nominate", "link")
    frida.fill(email=LENA, note="You asked the best question last time.")
    frida.page.get_by_role("button", name="Nominate").click()
    frida.page.get_by_text("Nominations").first.wait_for()
    house.deliver()
    mail = house.mailbox.newest(LENA)
    assert "Frida Sand thinks of you" in mail.subject
    assert PROMISE in mail.body


def _apply(house: House) -> None:
    lena = house.lena().open(link(house.mailbox.newest(LENA), "/nominations/"))
    lena.sees("You asked the best question last time.").click("Apply", "link")
    lena.page.get_by_role("button", name="Send the application").click()
    lena.sees("A seat is a promise to the others: please agree to it.").look()
    _write_application(lena, "We sell to the same five customers every year.")
    paul = house.paul().open("/o/acme/cohorts/").click("Winter 2026", "link").sees(PROMISE).click("Apply", "link")
    _write_application(paul, "My boss would like me to.")


def _write_application(applicant: Visitor, why: str) -> None:
    applicant.fill(why=why, project="Win one new customer in the Harz.")
    applicant.page.locator("label", has=applicant.page.locator("[name=experience]")).first.click()
    applicant.page.get_by_label("I will do my part").check()
    applicant.page.get_by_role("button", name="Send the application").dblclick()
    applicant.page.get_by_role("heading", name="Your application is in").wait_for()
    applicant.look()


def _decide(frida: Visitor, house: House) -> None:
    board = f"{house.studio}applications/"
    frida.open(house.studio).click("Close applications")
    for name, kind, words in (
        ("Lena Brandt", "Accept", "Welcome, Lena. Bring the Harz customer."),
        ("Paul Ortega", "Decline", "Not this time, Paul: come in spring, with a deal of your own."),
    ):
        frida.open(board).click(name, "link").click(kind, "link")
        if kind == "Decline":
            frida.page.locator(".cn-chip").first.click()
        frida.fill(wording=words)
        frida.page.get_by_role("button", name="Keep this draft").click()
        frida.page.wait_for_load_state("load")
    house.deliver()
    assert not house.mailbox.about(LENA, "You are in"), "a draft goes nowhere"
    _release(frida.open(board), _another_tab(frida).open(board))
    for _again in range(2):
        house.deliver()
    assert (house.count(LENA, "You are in"), len(house.mailbox.of(PAUL))) == (1, 2)


def _release(frida: Visitor, other: Visitor) -> None:
    """Pressed twice, and once more in a tab that was left open."""
    for tab in (frida, other):
        tab.page.get_by_role("button", name="Release 2 decisions").first.click()
        tab.look()
        tab.page.get_by_role("dialog").get_by_role("button", name="Release 2 decisions").dblclick()
        tab.page.get_by_text("2 decisions are released").wait_for()
    other.sees("No decision is drafted.").page.close()


def _hear(house: House) -> None:
    offered = house.mailbox.newest(LENA)
    assert "Bring the Harz customer." in offered.body
    lena = house.lena().open(link(offered, "/application/")).sees("You are in")
    other = _another_tab(lena).open(lena.page.url)
    for tab in (lena, other):
        tab.page.get_by_role("button", name="Confirm my seat").dblclick()
        tab.page.wait_for_url(f"**{house.portal}home/")
        tab.look()
    house.deliver()
    assert house.count(LENA, "is confirmed") == 1
    confirmed = house.mailbox.newest(LENA)
    assert "is confirmed" in confirmed.subject
    calendar = [part for part in confirmed.message().walk() if part.get_content_type() == "text/calendar"]
    assert b"BEGIN:VEVENT" in calendar[0].get_payload(decode=True)
    lena.open(f"{house.portal}home/").sees("We meet next:").sees("Start together")
    declined = house.mailbox.newest(PAUL)
    assert "come in spring" in declined.body
    house.paul().open(f"{house.portal}application/").sees("Not this time").sees("come in spring")
    house.paul().open(f"{house.portal}home/", status=404)


def _begin(frida: Visitor) -> None:
    frida.page.get_by_role("link", name="Overview").click()
    frida.click("Confirm the cohort").click("Start the cohort").sees("Begin graduation")


def _remind_once(house: House) -> None:
    for moment, words in ((A_DAY_BEFORE, "Start together:"), (AN_HOUR_BEFORE, "Start together begins at 10:00")):
        for _again in range(2):
            house.deliver(moment)
        assert house.count(LENA, words) == 1, [mail.subject for mail in house.mailbox.of(LENA)]
    assert not house.count(PAUL, "Start together")


def _after_a_session(house: House) -> None:
    frida = house.frida().open(f"{house.studio}sessions/")
    frida.click("Who was there", "link").click("Save who was there")
    frida.open(f"{house.studio}sessions/").click("Recap", "link")
    body = frida.page.locator("[name=body]")
    body.fill("We were surprised by the Harz.\n\n" + body.input_value())
    frida.click("Send it now").sees("Recap sent")
    house.deliver()
    assert "surprised by the Harz" in house.mailbox.about(LENA, "what we did, what comes next")[0].body


def _homework(house: House) -> None:
    lena = house.lena().open(f"{house.portal}home/").click("Describe what you will build", "link")
    other = _another_tab(lena).open(lena.page.url)
    for tab in (lena, other):
        tab.fill(text="A first call with **Harz Metall**.")
        tab.page.get_by_role("button", name="Hand it in").dblclick()
        tab.page.get_by_role("heading", name="Version 1").wait_for()
        tab.look()
    assert not other.reads("Version 2"), "the same thing twice is once"
    frida = house.frida().open(f"{house.studio}homework/").click("Describe what you will build", "link")
    frida.click("Lena Brandt", "link").sees("Harz Metall")
    frida.fill(body="Who opens the door there?").click("Send the comment").sees("Who opens the door there?")
    house.deliver()
    mail = house.mailbox.about(LENA, "Frida Sand commented on your homework")[0]
    lena.open(link(mail, "/homework/")).sees("Who opens the door there?")


def _graduate(house: House) -> None:
    frida = house.frida()
    with scope(house.acme):
        planned = list(Session.objects.planned().values_list("public_id", flat=True))
        assert Application.objects.count() == 2
    assert len(planned) == 3
    for public_id in planned:
        frida.page.goto(f"{frida.address}{house.studio}sessions/{public_id}/attendance/")
        frida.page.get_by_role("button", name="Save who was there").click()
        frida.page.wait_for_url("**/recap/")
    frida.open(house.studio).click("Begin graduation")
    frida.open(f"{house.studio}graduation/").click("Graduate the ticked ones together")
    frida.open(house.studio).click("Finish the cohort").sees("Finished")
    house.deliver()


def _show(house: House) -> None:
    mail = house.mailbox.about(LENA, "You have graduated")[0]
    anybody = house.anybody()
    for page in ("/badges/", "/certificates/"):
        anybody.open(link(mail, page)).sees("Valid. Issued by Acme Cloud.").sees("Lena Brandt")
    anybody.open(link(mail, "/badges/").replace("/badges/", "/badges/x"), status=404)
    house.lena().open(f"{house.portal}home/").sees("You have graduated")
