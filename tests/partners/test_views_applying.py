"""The public form and the page behind the mailed link: what people find, and what programs do not."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from partners.models import PartnerApplication, RecruitmentCall
from partners.services import recruitment as services
from partners.services import screening
from partners.services.applying import begin_application
from partners.services.deciding import decline_application
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.models import Message
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.partners.recruitment import ANSWERS, applied, draft, make_call

type Url = Callable[..., str]
FORM = {f"answer_{key}": value for key, value in ANSWERS.items()} | {"contact_name": "Mia Kern"}


@pytest.fixture
def url(acme: Organization) -> Url:
    return lambda name, *args: address(name, *args, organization=acme)


@pytest.fixture
def call(acme: Organization, actor: Actor) -> RecruitmentCall:
    with scope(acme):
        return make_call(actor, timezone.now())


def stamp_of(client: Client, path: str, **query: str) -> str:
    found = re.search(r'name="stamp" value="([^"]+)"', client.get(path, query).content.decode())
    assert found
    return found[1]


def begin(client: Client, path: str, email: str = "mia@orbit.example", waits: int = 5, **more: str) -> Any:
    """Open the page, take some seconds, and send an address."""
    stamp = stamp_of(client, path)
    with time_machine.travel(datetime.now().astimezone() + timedelta(seconds=waits)):
        return client.post(path, {"email": email, "stamp": stamp, **more})


def body_of(answer: Any) -> str:
    page = answer.content.decode()
    return strip_tags(page[page.index("<main") :])


def messages(acme: Organization) -> int:
    with scope(acme):
        return Message.objects.count()


def test_anybody_finds_what_is_open(client: Client, acme: Organization, actor: Actor, url: Url) -> None:
    assert b"No applications at the moment" in client.get(url("recruitment_home")).content
    with scope(acme):
        first = make_call(actor, timezone.now(), title="Partners for hospitals")
        hidden = make_call(actor, timezone.now(), title="Not yet", is_open=False)
    only = client.get(url("recruitment_home"))
    assert (only.status_code, only["Location"]) == (303, url("recruitment_page", first.public_id))
    page = client.get(only["Location"]).content.decode()
    assert "We grow together." in page
    assert "What we ask: 6 questions" in page
    assert client.get(url("recruitment_page", hidden.public_id)).status_code == 404
    with scope(acme):
        make_call(actor, timezone.now(), title="Partners for banks")
    both = client.get(url("recruitment_home")).content.decode()
    assert ("Partners for banks" in both, "Not yet" in both) == (True, False)


def test_a_draft_is_shown_to_colleagues_only(
    acme: Organization, actor: Actor, url: Url, bob: Membership, lena: Membership, charlie: Membership, sign_in: Any
) -> None:
    with scope(acme):
        hidden = make_call(actor, timezone.now(), is_open=False)
    page = url("recruitment_page", hidden.public_id)
    assert b"only colleagues see this page" in sign_in(bob).get(page).content
    assert sign_in(lena).get(page).status_code == 404
    assert sign_in(charlie).get(page).status_code == 404


def test_known_and_unknown_addresses_get_the_same_answer(
    client: Client, acme: Organization, actor: Actor, call: RecruitmentCall, url: Url, lena_user: Any
) -> None:
    page = url("recruitment_page", call.public_id)
    long_ago = timezone.now() - timedelta(days=3)
    with scope(acme):
        applied(call, long_ago, "known@orbit.example")
        before = Message.objects.count()
    answers = []
    for email in ("known@orbit.example", "new@orbit.example", "lena@nordwind.example"):
        answer = begin(client, page, email)
        followed = client.get(answer["Location"]).content.decode()
        answers.append((answer.status_code, answer["Location"], re.sub(r'value="[^"]{20,}"', "", followed)))
        assert "@" not in answer["Location"]
    assert len({(status, where) for status, where, _page in answers}) == 1
    assert "Look into your mail" in answers[0][2]
    assert answers[0][2].count("orbit.example") == answers[1][2].count("orbit.example") == 0
    assert messages(acme) - before == 3, "one mail each"


@pytest.mark.parametrize("trap", ["nickname", "stamp", "time"])
def test_programs_get_nowhere(client: Client, acme: Organization, call: RecruitmentCall, url: Url, trap: str) -> None:
    page = url("recruitment_page", call.public_id)
    if trap == "nickname":
        assert begin(client, page, nickname="https://buy.example").status_code == 303, "nothing is learned from it"
    elif trap == "stamp":
        answer = client.post(page, {"email": "mia@orbit.example", "stamp": "forged:1:2"})
        assert answer.status_code == 422
        assert b"Your address is kept" in answer.content
    else:
        answer = client.post(page, {"email": "mia@orbit.example", "stamp": stamp_of(client, page)})
        assert answer.status_code == 422
        assert b"That was quick" in answer.content
        assert b"mia@orbit.example" in answer.content
    with scope(acme):
        assert not PartnerApplication.objects.exists()
    assert messages(acme) == 0


def test_a_page_that_was_open_too_long_works_at_the_second_try(
    client: Client, acme: Organization, call: RecruitmentCall, url: Url
) -> None:
    page = url("recruitment_page", call.public_id)
    answer = begin(client, page, waits=90_000)
    assert answer.status_code == 422
    fresh = re.search(r'name="stamp" value="([^"]+)"', answer.content.decode())
    assert fresh
    with time_machine.travel(datetime.now().astimezone() + timedelta(seconds=90_010)):
        assert client.post(page, {"email": "mia@orbit.example", "stamp": fresh[1]}).status_code == 303


def test_one_address_and_one_visitor_are_limited(
    client: Client, acme: Organization, call: RecruitmentCall, url: Url
) -> None:
    page = url("recruitment_page", call.public_id)
    statuses = [begin(client, page).status_code for _time in range(6)]
    assert statuses == [303] * 5 + [429]
    others = [begin(client, page, f"p{number}@x.example").status_code for number in range(16)]
    assert others[-1] == 429
    answer = begin(client, page, "last@x.example")
    assert (answer.status_code, int(answer["Retry-After"]) > 0) == (429, True)


def test_the_link_opens_a_draft_that_is_saved_and_taken_up_again(
    client: Client, acme: Organization, call: RecruitmentCall, url: Url
) -> None:
    with scope(acme):
        application = draft(call, timezone.now())
    page = url("applicant_page", application.token)
    shown = client.get(page)
    assert shown["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in shown["Cache-Control"]
    saved = client.post(page, {"contact_name": "Mia", "answer_about": "Half a sen"})
    assert (saved.status_code, saved["Location"]) == (303, page)
    assert b"Half a sen" in Client().get(page).content, "any browser that has the link"
    wrong = client.post(page, {"answer_people": "many", "answer_about": "A whole sentence"})
    assert wrong.status_code == 422
    assert b"A whole sentence" in wrong.content
    asked: dict[str, Any] = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "saved"}
    partial = client.post(page, {"answer_about": "By itself"}, **asked).content.decode()
    assert "Saved at" in partial
    assert "<html" not in partial
    missing = client.post(page, {"contact_name": "Mia", "answer_company": "Orbit", "submit": "on"})
    assert missing.status_code == 422
    assert missing.content.count(b"Please answer this.") == 3
    with scope(acme):
        application.refresh_from_db()
        assert (application.state, application.company) == ("draft", "Orbit"), "nothing of it is lost"


def test_an_application_is_handed_in_and_its_page_tells_where_it_stands(
    client: Client, acme: Organization, call: RecruitmentCall, url: Url, bob: Membership
) -> None:
    with scope(acme):
        application = draft(call, timezone.now())
    page = url("applicant_page", application.token)
    assert client.post(page, {**FORM, "submit": "on"}).status_code == 303
    assert client.post(page, {**FORM, "submit": "on"}).status_code == 200, "twice is once: it is shown where it stands"
    with scope(acme):
        application.refresh_from_db()
        assert (application.state, application.answers) == ("new", ANSWERS)
        screening.comment(author=bob, application=application, text="Secretly strong", now=timezone.now())
        screening.ask_for_more(
            actor=Actor.of(bob), asker=bob, application=application, text="Which ones?", now=timezone.now()
        )
    shown = client.get(page).content.decode()
    assert "Which ones?" in shown
    assert "We run clouds for hospitals." in shown
    read = strip_tags(shown[shown.index("<main") : shown.index("</main>")])
    for secret in ("Secretly", str(application.score), "Hours", "Look", "weigh", "Bob"):
        assert secret not in read, secret
    assert client.get(url("applicant_answer", application.token)).status_code == 405
    empty = client.post(url("applicant_answer", application.token), {"answer": " "})
    assert empty.status_code == 422
    assert client.post(url("applicant_answer", application.token), {"answer": "The city’s"}).status_code == 303
    late = client.post(url("applicant_answer", application.token), {"answer": "More"})
    assert late.status_code == 422
    assert client.get(url("applicant_withdraw", application.token)).status_code == 405, "opening a link changes nothing"
    client.post(url("applicant_withdraw", application.token))
    assert b"You have withdrawn this application" in client.get(page).content
    with scope(acme):
        application.refresh_from_db()
    assert application.state == "withdrawn"


def test_a_declined_applicant_reads_why_and_when(
    client: Client, acme: Organization, actor: Actor, alice: Membership, call: RecruitmentCall, url: Url
) -> None:
    now = timezone.now()
    with scope(acme):
        application = applied(call, now)
        decline_application(
            actor=actor,
            decider=alice,
            application=application,
            reason="overlap",
            wording="Others are *near* you.",
            reapply_on=(now + timedelta(days=100)).date(),
            now=now,
        )
    shown = client.get(url("applicant_page", application.token)).content.decode()
    assert "Others are <em>near</em> you." in shown
    assert "You may apply again from" in shown
    assert "overlap" not in shown.casefold()
    with time_machine.travel(now + timedelta(days=101)):
        assert "Apply again</a>" in client.get(url("applicant_page", application.token)).content.decode()


def test_a_draft_outlives_its_call_and_can_be_thrown_away(
    client: Client, acme: Organization, actor: Actor, call: RecruitmentCall, url: Url
) -> None:
    with scope(acme):
        application = draft(call, timezone.now())
        services.close_call(actor=actor, call=call)
    page = url("applicant_page", application.token)
    assert b"We take no applications here now" in client.get(page).content
    refused = client.post(page, {**FORM, "submit": "on"})
    assert refused.status_code == 422
    assert b"kept for 30 days" in refused.content
    assert b"takes no applications now" in client.get(url("recruitment_page", call.public_id)).content
    gone = client.post(url("applicant_withdraw", application.token))
    assert gone["Location"] == url("recruitment_page", call.public_id)
    assert client.get(page).status_code == 404


def test_links_of_others_lead_nowhere(
    client: Client, acme: Organization, umbrella: Organization, charlie: Membership, call: RecruitmentCall, url: Url
) -> None:
    with scope(umbrella):
        theirs = make_call(Actor.of(charlie), timezone.now(), title="Umbrella’s own")
        begin_application(call=theirs, email="mia@orbit.example", now=timezone.now())
        foreign = PartnerApplication.objects.get()
    wrong = [client.get(url("applicant_page", token)) for token in (foreign.token, "x" * 32)]
    assert [answer.status_code for answer in wrong] == [404, 404]
    assert len({body_of(answer) for answer in wrong}) == 1
    assert b"Umbrella" not in wrong[0].content
    assert client.get(url("recruitment_page", theirs.public_id)).status_code == 404
    assert client.post(url("applicant_withdraw", foreign.token)).status_code == 404
    with scope(umbrella):
        assert PartnerApplication.objects.filter(state="draft").count() == 1
