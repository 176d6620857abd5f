"""Recruitment in the studio: calls, the board, one application; by role, and the same cost at any size."""

from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import (
    Attribute,
    AttributeValue,
    Group,
    GroupMember,
    Partner,
    PartnerApplication,
    PartnerProduct,
    RecruitmentCall,
)
from partners.services import screening
from partners.services.recruitment import open_call
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.invitations.models import Invitation
from prm.outbox.models import Message
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.costs import assert_same_cost
from tests.factories import NOW, staff
from tests.partners.factories import GroupFactory, PartnerFactory, ProductFactory
from tests.partners.recruitment import applied, draft, make_call

type SignIn = Callable[[Membership], Client]
type Url = Callable[..., str]
HX: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def url(acme: Organization) -> Url:
    return lambda name, *args: address(name, *args, organization=acme)


@pytest.fixture
def studio(alice: Membership, sign_in: SignIn) -> Client:
    return sign_in(alice)


@pytest.fixture
def call(acme: Organization, actor: Actor, alice: Membership) -> RecruitmentCall:
    with scope(acme):
        group: Group = GroupFactory.create(name="Hospitals")
        return make_call(actor, timezone.now(), group=group, account_manager=alice)


@pytest.fixture
def application(acme: Organization, call: RecruitmentCall) -> PartnerApplication:
    with scope(acme):
        return applied(call, timezone.now())


def state_of(acme: Organization, application: PartnerApplication) -> str:
    with scope(acme):
        application.refresh_from_db()
    return application.state


def test_a_call_is_written_asked_weighed_and_opened(acme: Organization, studio: Client, url: Url) -> None:
    words = {"title": "Partners in the north", "answer_days": 10, "reapply_months": 6, "keep_months": 12}
    assert b"Write the first call" in studio.get(url("recruitment_board")).content
    assert studio.post(url("recruitment_create"), {**words, "title": ""}).status_code == 422
    late = {"opens_on": "2026-12-05", "closes_on": "2026-12-01"}
    assert studio.post(url("recruitment_create"), {**words, **late}).status_code == 422
    assert studio.post(url("recruitment_create"), words).status_code == 303
    with scope(acme):
        call = RecruitmentCall.objects.get()
    page = url("recruitment_call", call.public_id)
    assert b"Say first why one should partner with you" in studio.get(page).content
    studio.post(url("recruitment_open", call.public_id))
    edit = url("recruitment_edit", call.public_id)
    changed = {**words, "why": "Because", "revision": 1, "checklist": "Look\nCall"}
    assert studio.post(edit, changed).status_code == 303
    stale = studio.post(edit, {**changed, "why": "Another"})
    assert stale.status_code == 422
    assert b"Somebody saved this meanwhile" in stale.content
    assert b"Another" in stale.content
    studio.post(url("recruitment_open", call.public_id))
    with scope(acme):
        call.refresh_from_db()
    assert (call.state, call.answer_days, len(call.checklist)) == ("open", 10, 2)
    studio.post(url("recruitment_close", call.public_id))
    with scope(acme):
        call.refresh_from_db()
    assert call.state == "closed"


def test_questions_are_added_changed_moved_and_taken_out(
    acme: Organization, studio: Client, url: Url, call: RecruitmentCall
) -> None:
    new = url("recruitment_question_create", call.public_id)
    asked = {"label": "Which skills?", "kind": "choices", "choices": "Cloud\nData"}
    assert studio.post(new, {**asked, "choices": " "}).status_code == 422
    assert studio.post(new, {**asked, "target": "country"}).status_code == 422, "it is asked already"
    assert studio.post(new, asked).status_code == 303
    with scope(acme):
        call.refresh_from_db()
    key = call.questions[-1]["key"]
    assert call.questions[-1]["choices"] == [["cloud", "Cloud"], ["data", "Data"]]
    one = url("recruitment_question", call.public_id, key)
    assert b"Which skills?" in studio.get(one).content
    assert studio.post(one, {**asked, "label": "Skills?", "choices": "Data\nAI"}).status_code == 303
    studio.post(url("recruitment_question_move", call.public_id, key), {"up": "1"})
    with scope(acme):
        call.refresh_from_db()
    assert (call.questions[-2]["label"], call.questions[-2]["choices"]) == ("Skills?", [["data", "Data"], ["ai", "AI"]])
    weighed = studio.post(url("recruitment_question_remove", call.public_id, "hours"), follow=True)
    assert b"The profile weighs it" in weighed.content
    studio.post(url("recruitment_question_remove", call.public_id, key))
    assert studio.get(one).status_code == 404


def test_the_ideal_partner_is_one_form(
    acme: Organization, studio: Client, url: Url, call: RecruitmentCall, application: PartnerApplication
) -> None:
    page = url("recruitment_profile", call.public_id)
    assert b"bandwidth: the more, up to this" in studio.get(page).content
    rest = dict.fromkeys(("company_weight", "website_weight", "country_weight", "about_weight", "people_weight"), "0")
    tests = dict.fromkeys(("company_test", "website_test", "about_test"), "contains") | {"country_test": "one_of"}
    numbers = {"people_test": "at_least", "hours_test": "at_least", "hours_weight": "5", "country_gap": "0"}
    form = {**rest, **tests, **numbers, "version": call.profile_version}
    empty = studio.post(page, form)
    assert empty.status_code == 422
    assert b"Say how much is enough." in empty.content
    answer = studio.post(page, {**form, "hours_number": "4"}, follow=True)
    assert b"1 application is weighed anew." in answer.content
    with scope(acme):
        application.refresh_from_db()
    assert application.score == 100
    stale = studio.post(page, {**form, "hours_number": "40"})
    assert stale.status_code == 422
    assert b'value="40"' in stale.content, "what was typed is kept"
    fresh = {**form, "hours_number": "40", "version": call.profile_version + 1}
    assert studio.post(page, fresh).status_code == 303


@pytest.mark.parametrize("by", ["attribute", "products"])
def test_a_call_from_a_cell_of_the_coverage_grid_looks_for_what_is_missing_there(
    acme: Organization, studio: Client, url: Url, actor: Actor, by: str
) -> None:
    with scope(acme):
        special = Attribute.objects.create(
            name="Fields", normalized_name="fields", kind="choices", created_at=NOW,
            choices=[{"key": "cloud", "label": "Cloud migration"}, {"key": "edge", "label": "Edge"}],
        )  # fmt: skip
        here = PartnerFactory.create(region="Nordics")
        cloud, edge = (ProductFactory.create(name=name) for name in ("Cloud migration", "Edge"))
        AttributeValue.objects.create(attribute=special, partner=here, choices=["edge"], set_at=NOW, confirmed_at=NOW)
        PartnerProduct.objects.create(
            partner=here, product=edge, right="sell", starts_on=date(2026, 1, 1), granted_at=NOW
        )
    axis, key = ("products", cloud.public_id) if by == "products" else (special.public_id, "cloud")
    cell = studio.get(url("coverage_cell", axis, key), {"region": "Nordics"}).content.decode()
    (link,) = (part.split('"')[0] for part in cell.split('href="') if part.startswith(url("recruitment_create")))
    page = unescape(link)
    shown = studio.get(page).content.decode()
    assert 'value="Partners for Cloud migration in Nordics"' in shown
    words = {"title": "North", "why": "x", "answer_days": 10, "reapply_months": 6, "keep_months": 12}
    assert studio.post(page, words).status_code == 303
    with scope(acme):
        call = RecruitmentCall.objects.get()
        assert [row["test"] for row in call.profile] == ["contains", "one_of", "cell"]
        target = "products" if by == "products" else f"attribute:{axis}"
        assert [row["target"] for row in call.questions[-2:]] == ["region", target]
        open_call(actor=actor, call=call)
        call.refresh_from_db()
        application = applied(call, timezone.now(), region=" nordics", coverage=[key])
    assert application.score == 100
    shown = studio.get(url("partner_application_detail", application.public_id)).content.decode()
    assert "Nordics × Cloud migration has 0 partners; you want 3" in shown
    assert f"{url('coverage_cell', axis, key)}?region=Nordics" in shown
    profile = studio.get(url("recruitment_profile", call.public_id)).content.decode()
    assert ("those of the applicant’s region" in profile) == (by == "attribute")


def test_an_address_that_names_no_cell_begins_an_ordinary_call(studio: Client, url: Url) -> None:
    for query in ({"axis": "products", "key": "nothing"}, {"axis": "x", "key": "y", "region": "Z"}, {"region": "Z"}):
        assert b"From the coverage grid" not in studio.get(url("recruitment_create"), query).content


def test_words_of_declines_are_the_organizations_own(
    acme: Organization, studio: Client, url: Url, call: RecruitmentCall, application: PartnerApplication
) -> None:
    page = url("recruitment_wordings", call.public_id)
    assert b"one more would take from all of you" in studio.get(page).content
    assert studio.post(page, {"overlap": "Our own words.", "revision": call.revision}).status_code == 303
    decline = url("partner_application_decline", application.public_id)
    assert b"Our own words." in studio.get(f"{decline}?reason=overlap").content


def test_the_board_moves_with_and_without_scripts(
    acme: Organization, studio: Client, url: Url, application: PartnerApplication
) -> None:
    move, key = url("recruitment_move"), application.public_id
    shown = studio.get(url("recruitment_board")).content.decode()
    assert ("Orbit Systems" in shown, '<option value="new.screen">' in shown) == (True, True)
    partial = studio.post(move, {key: "new.screen"}, HTTP_HX_TARGET="board", **HX)
    assert (partial.status_code, b"<html" in partial.content) == (200, False)
    assert state_of(acme, application) == "screening"
    late = studio.post(move, {key: "new.screen"}, follow=True)
    assert "meanwhile it is “Screening”" in late.content.decode()
    assert studio.post(move, {key: "screening.put_back"})["Location"] == url("recruitment_board")
    assert state_of(acme, application) == "new"
    answer = studio.post(move, {key: "new.accept"})
    assert answer["Location"] == url("partner_application_accept", key)
    assert studio.post(move, {"unknown": "new.screen"}).status_code == 404
    studio.post(move, {key: "new.decline_all"})
    assert state_of(acme, application) == "new"


def test_the_board_is_narrowed(acme: Organization, studio: Client, url: Url, actor: Actor, bob: Membership) -> None:
    with scope(acme):
        first, second = make_call(actor, timezone.now(), reviewers=(bob,)), make_call(actor, timezone.now(), title="B")
        applied(first, timezone.now())
        applied(second, timezone.now(), "ole@kelp.example", company="Kelp", website="")
        draft(second, timezone.now(), "draft@x.example")
    board = url("recruitment_board")
    for query, found in (
        ("", "both"),
        (f"?call={second.public_id}", "Kelp"),
        ("?q=orb", "Orbit"),
        ("?source=-&sort=score", "both"),
        ("?source=fair", ""),
        ("?mine=1", ""),
        ("?call=nonsense&sort=x", "both"),
    ):
        page = studio.get(board + query).content.decode()
        assert ("Orbit Systems" in page) == (found in ("both", "Orbit")), query
        assert (">Kelp<" in page) == (found in ("both", "Kelp")), query
        assert "draft@x.example" not in page


def test_one_application_shows_its_fit_its_doubles_and_what_is_said(
    acme: Organization, studio: Client, url: Url, application: PartnerApplication
) -> None:
    with scope(acme):
        PartnerFactory.create(name="Orbit", domain="orbit.example")
    page = url("partner_application_detail", application.public_id)
    shown = studio.get(page).content.decode()
    for words in ("of 100", "Perhaps a partner already", "We run clouds for hospitals.", "Fits in part", "mia@orbit"):
        assert words in shown
    key = application.call.checklist[0]["key"]
    studio.post(url("partner_application_check", application.public_id), {"done": [key]})
    assert studio.post(url("partner_application_comment", application.public_id), {"text": " "}).status_code == 422
    studio.post(url("partner_application_comment", application.public_id), {"text": "Strong team"})
    studio.post(url("partner_application_move", application.public_id), {"verb": "screen", "seen": "new"})
    shown = studio.get(page).content.decode()
    assert ("Strong team" in shown, "checked" in shown, "Back to new" in shown) == (True, True, True)
    reviewers = url("partner_application_reviewers", application.public_id)
    with scope(acme):
        alice = Membership.objects.in_organization(acme).get(person__email="alice@acme.example")
    assert studio.post(reviewers, {"reviewers": [alice.pk]}).status_code == 303
    assert studio.post(reviewers, {"reviewers": [999_999]}).status_code == 422


def test_a_question_is_looked_at_before_it_is_sent(
    acme: Organization, studio: Client, url: Url, application: PartnerApplication
) -> None:
    page = url("partner_application_ask", application.public_id)
    assert b"A question about your application" in studio.get(page).content
    looked = studio.post(page, {"text": "Which hospitals?", "preview": "on"})
    assert (looked.status_code, state_of(acme, application)) == (200, "new")
    assert looked.content.count(b"Which hospitals?") == 2
    assert studio.post(page, {"text": ""}).status_code == 422
    assert studio.post(page, {"text": "Which hospitals?"}).status_code == 303
    assert state_of(acme, application) == "question"
    assert studio.post(page, {"text": "And now?"}).status_code == 422


def test_a_no_is_looked_at_before_it_is_sent(
    acme: Organization, studio: Client, url: Url, application: PartnerApplication
) -> None:
    page = url("partner_application_decline", application.public_id)
    shown = studio.get(f"{page}?reason=no_capacity").content.decode()
    assert shown.count("This is about us and not about you") == 2, "in the form and in the mail"
    assert "You may apply again" in shown
    form = {"reason": "no_capacity", "wording": "Not *now*.", "reapply_on": ""}
    looked = studio.post(page, form, HTTP_HX_TARGET="preview", **HX).content.decode()
    assert "Not <em>now</em>." in looked
    assert "You may apply again" not in looked
    assert studio.post(page, {**form, "wording": ""}).status_code == 422
    wrong = studio.post(page, {**form, "reapply_on": "yesterday"})
    assert wrong.status_code == 422
    past = studio.post(page, {**form, "reapply_on": "2020-01-01"})
    assert past.status_code == 422
    assert state_of(acme, application) == "new"
    assert studio.post(page, form).status_code == 303
    assert state_of(acme, application) == "declined"
    assert studio.post(page, form).status_code == 422
    with scope(acme):
        assert Message.objects.filter(kind="partners.application_declined").count() == 1


def test_a_yes_asks_which_company_and_invites(
    acme: Organization, studio: Client, url: Url, call: RecruitmentCall, application: PartnerApplication
) -> None:
    with scope(acme):
        known = PartnerFactory.create(name="Orbit", domain="orbit.example")
        group = call.group
    page = url("partner_application_accept", application.public_id)
    shown = studio.get(page).content.decode()
    assert "Mia Kern &lt;mia@orbit.example&gt;" in shown
    assert "Orbit, who is a partner already" in shown
    form = {"groups": [group.pk], "emails": "mia@orbit.example", "note": "Welcome"}
    assert studio.post(page, form).status_code == 422
    assert studio.post(page, {**form, "company": "new", "emails": "nobody"}).status_code == 422
    assert state_of(acme, application) == "new"
    answer = studio.post(page, {**form, "company": "new"})
    with scope(acme):
        made = Partner.objects.exclude(pk=known.pk).get()
        assert answer["Location"] == url("partner_detail", made.public_id)
        assert (made.status, GroupMember.objects.open().get().partner) == ("onboarding", made)
        assert Invitation.objects.get().note == "Welcome"
    assert studio.post(page, {**form, "company": "new"}).status_code == 422
    assert made.name.encode() in studio.get(url("partner_application_detail", application.public_id)).content


def test_an_ended_application_is_erased_on_request(
    acme: Organization, studio: Client, url: Url, application: PartnerApplication
) -> None:
    forget = url("partner_application_forget", application.public_id)
    early = studio.post(forget, follow=True)
    assert b"Decide on it first" in early.content
    decline = {"reason": "other", "wording": "No", "reapply_on": ""}
    studio.post(url("partner_application_decline", application.public_id), decline)
    studio.post(forget)
    shown = studio.get(url("partner_application_detail", application.public_id)).content.decode()
    assert "What was said about people is gone" in shown
    assert "mia@orbit.example" not in shown


def test_who_may_what(
    acme: Organization, url: Url, call: RecruitmentCall, application: PartnerApplication, sign_in: SignIn, lena: Any
) -> None:
    omar = sign_in(staff(acme, "omar@acme.example", "Omar", "account_manager"))
    frida = sign_in(staff(acme, "frida@acme.example", "Frida", "facilitator"))
    detail = url("partner_application_detail", application.public_id)
    assert omar.get(detail).status_code == 200
    assert b"Change</a>" not in omar.get(url("recruitment_call", call.public_id)).content
    assert omar.get(url("recruitment_profile", call.public_id)).status_code == 403
    assert omar.get(url("partner_application_decline", application.public_id)).status_code == 200
    assert frida.get(detail).status_code == 403
    assert sign_in(lena).get(detail).status_code == 403
    assert Client().get(detail).status_code == 302


def test_drafts_are_nobodys_to_read(acme: Organization, studio: Client, url: Url, call: RecruitmentCall) -> None:
    with scope(acme):
        row = draft(call, timezone.now(), "early@x.example")
    assert studio.get(url("partner_application_detail", row.public_id)).status_code == 404


def test_the_home_says_what_waits(
    acme: Organization, studio: Client, url: Url, application: PartnerApplication
) -> None:
    page = studio.get(url("studio_home")).content.decode()
    assert f"{application.company} wants to become a partner" in page


def test_pages_cost_the_same_at_any_size(
    acme: Organization, studio: Client, url: Url, actor: Actor, alice: Membership, call: RecruitmentCall
) -> None:
    with scope(acme):
        one = applied(call, timezone.now(), "first@x.example")
        screening.set_reviewers(actor=actor, application=one, members=[alice])
        PartnerFactory.create(name="Orbit Systems")

    def grow(rows: int) -> None:
        with scope(acme):
            names = [f"Quite a long name of a company that applies {number}/{rows}" for number in range(rows)]
            PartnerApplication.objects.bulk_create(
                PartnerApplication(
                    call=call,
                    state=("new", "screening", "question", "accepted", "declined")[number % 5],
                    email=f"p{number}of{rows}@x.example",
                    company=name,
                    source=f"fair-{number % 3}",
                    score=number % 100,
                    created_at=timezone.now(),
                    submitted_at=timezone.now(),
                    ended_at=timezone.now() if number % 5 > 2 else None,
                )
                for number, name in enumerate(names)
            )
            screening.comment(author=alice, application=one, text=f"Comment {rows}", now=timezone.now())
            if rows > 100:
                RecruitmentCall.objects.bulk_create(
                    RecruitmentCall(title=f"Call {number}", created_at=timezone.now()) for number in range(60)
                )

    paths = {
        "board": url("recruitment_board"),
        "board by fit": url("recruitment_board") + "?sort=score",
        "list": url("recruitment_list"),
        "call": url("recruitment_call", call.public_id),
        "application": url("partner_application_detail", one.public_id),
    }
    assert_same_cost(studio, paths, grow)
