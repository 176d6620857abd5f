"""Applying, screening, yes and no: rows, facts, messages; refusals that leave nothing; two at once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from partners.emails import declined_mail
from partners.models import (
    ApplicationQuestion,
    ApplicationReviewer,
    Attribute,
    AttributeValue,
    Group,
    GroupMember,
    Partner,
    PartnerApplication,
    ValueChange,
)
from partners.queries.applications import application_behind, application_for_review, standing_of
from partners.queries.recruitment import funnel
from partners.recruiting.questions import Question
from partners.recruiting.scoring import Criterion, Test
from partners.recruiting.wordings import house_words
from partners.services import applying, screening
from partners.services import recruitment as services
from partners.services.deciding import Acceptance, accept_application, decline_application
from partners.services.forgetting import forget_application, plan_forgetting
from partners.services.inviting import Invitee
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.tokens import digest
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.invitations.models import Invitation
from prm.outbox.models import Message, Notification
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.partners.factories import GroupFactory, PartnerFactory
from tests.partners.recruitment import ANSWERS, PROFILE, applied, draft, make_call
from tests.partners.test_races import at_once

type Render = Callable[[datetime], list[Any]]
GUEST = Actor.guest("Orbit Systems")


def kinds() -> list[str]:
    return list(Fact.objects.order_by("id").values_list("kind", flat=True))


def refused(act: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.codes


def test_a_known_and_a_new_address_get_one_mail_each(
    in_acme: Organization, actor: Actor, now: datetime, render_outbox: Render
) -> None:
    call = make_call(actor, now)
    first = draft(call, now, source="Fair 2026")
    assert (first.state, first.source, first.sendings) == ("draft", "fair-2026", 1)
    assert digest(first.token) == first.token_digest
    assert first.token not in str(vars(first))
    [mail] = render_outbox(now)
    assert first.token in mail.body
    applying.begin_application(call=call, email="MIA@orbit.example ", now=now + timedelta(minutes=1))
    assert not render_outbox(now + timedelta(minutes=1)), "at most one link in two minutes"
    applying.begin_application(call=call, email="mia@orbit.example", now=now + timedelta(minutes=3))
    [again] = render_outbox(now + timedelta(minutes=3))
    assert (again.subject, first.token in again.body) == (mail.subject, True)
    assert PartnerApplication.objects.count() == 1


def test_nobody_begins_where_nothing_is_open(in_acme: Organization, actor: Actor, now: datetime) -> None:
    call = make_call(actor, now, is_open=False)
    assert refused(lambda: applying.begin_application(call=call, email="mia@orbit.example", now=now)) == {"closed"}
    assert (PartnerApplication.objects.count(), Message.objects.count()) == (0, 0)


def test_an_application_is_weighed_given_to_somebody_and_told(
    in_acme: Organization, actor: Actor, alice: Membership, bob: Membership, now: datetime, render_outbox: Render
) -> None:
    PartnerFactory.create(country="DE")
    call = make_call(actor, now, reviewers=(alice, bob))
    first = applied(call, now)
    assert (first.state, first.company, first.domain) == ("new", "Orbit Systems", "orbit.example")
    # 3 of 3 for the country, 2.5 of 5 for the hours, half of 1 for the gap: one partner of at most none to two.
    assert (first.score, first.score_version) == (67, call.profile_version)
    assert [part["share"] for part in first.score_parts] == [1, 0.5, 0.5]
    second = applied(call, now, "ole@kelp.example", "Ole", company="Kelp", website="https://kelp.example")
    assert [row.reviewers.get().membership for row in (first, second)] == [alice, bob]
    assert kinds()[-2:] == ["partners.applied"] * 2
    assert Notification.objects.filter(membership=alice).get().title == "Orbit Systems applies to become a partner."
    subjects = [mail.subject for mail in render_outbox(now) if "mia@orbit.example" in mail.to[0]]
    assert subjects[-1] == "Acme Cloud has your application"


def test_a_draft_may_lack_what_an_application_may_not(in_acme: Organization, actor: Actor, now: datetime) -> None:
    application = draft(make_call(actor, now), now)
    applying.save_draft(application=application, contact_name="", answers={"company": "Orbit"}, now=now)
    assert (application.company, application.state) == ("Orbit", "draft")
    codes = refused(
        lambda: applying.submit_application(
            actor=GUEST, application=application, contact_name="", answers={"company": "Orbit"}, now=now
        )
    )
    assert codes == {"no_contact", "no_answer"}
    application.refresh_from_db()
    assert (application.state, kinds()) == ("draft", [])


def test_handing_in_twice_is_once(in_acme: Organization, actor: Actor, now: datetime) -> None:
    application = applied(make_call(actor, now), now)

    def again() -> None:
        applying.submit_application(actor=GUEST, application=application, contact_name="Mia", answers=ANSWERS, now=now)

    assert refused(again) == {"not_draft"}
    assert refused(lambda: applying.save_draft(application=application, contact_name="", answers={}, now=now)) == {
        "not_draft"
    }
    assert kinds() == ["partners.applied"]


def test_what_is_asked_for_more_is_answered(
    in_acme: Organization, actor: Actor, alice: Membership, now: datetime, render_outbox: Render
) -> None:
    application = applied(make_call(actor, now, reviewers=(alice,)), now)
    asked = screening.ask_for_more(
        actor=actor, asker=alice, application=application, text="Which hospitals?", now=now + timedelta(days=2)
    )
    [mail] = [found for found in render_outbox(now + timedelta(days=2)) if "question" in found.subject]
    assert "Which hospitals?" in mail.body
    assert (mail.reply_to, "Alice Moreau" in mail.from_email) == (["alice@acme.example"], True)
    assert standing_of(application, now).open_question == asked
    assert refused(lambda: applying.answer_question(actor=GUEST, application=application, answer=" ", now=now)) == {
        "no_answer"
    }
    applying.answer_question(actor=GUEST, application=application, answer="The city’s", now=now)
    application.refresh_from_db()
    asked.refresh_from_db()
    assert (application.state, asked.answer) == ("screening", "The city’s")
    assert application.answered_at == now + timedelta(days=2)
    assert refused(lambda: applying.answer_question(actor=GUEST, application=application, answer="x", now=now)) == {
        "wrong_state"
    }


def test_a_move_from_where_it_no_longer_is_does_nothing(
    in_acme: Organization, actor: Actor, alice: Membership, now: datetime
) -> None:
    application = applied(make_call(actor, now), now)
    screening.move_application(actor=actor, application=application, verb="screen", seen="new")
    screening.ask_for_more(actor=actor, asker=alice, application=application, text="Why?", now=now)
    for verb, seen, code in (("put_back", "screening", "wrong_state"), ("accept", "question", "no_such_move")):
        move = partial(screening.move_application, actor=actor, application=application)
        assert refused(partial(move, verb=verb, seen=seen)) == {code}
    assert ApplicationQuestion.objects.filter(answered_at=None).count() == 1
    screening.move_application(actor=actor, application=application, verb="screen", seen="question")
    assert not ApplicationQuestion.objects.exists(), "nobody waits for the answer any more"


def test_reviewers_ticks_and_comments_are_kept(
    in_acme: Organization, actor: Actor, alice: Membership, bob: Membership, lena: Membership, now: datetime
) -> None:
    application = applied(make_call(actor, now), now)
    screening.set_reviewers(actor=actor, application=application, members=[alice, bob])
    screening.set_reviewers(actor=actor, application=application, members=[bob])
    assert ApplicationReviewer.objects.get().membership == bob
    codes = refused(lambda: screening.set_reviewers(actor=actor, application=application, members=[lena]))
    assert codes == {"no_reviewer"}
    key = application.call.checklist[0]["key"]
    screening.tick(actor=actor, application=application, done=[key, "unknown"])
    screening.comment(author=bob, application=application, text=" Strong team ", now=now)
    application.refresh_from_db()
    review = application_for_review(application)
    assert [(label, is_done) for _key, label, is_done in review.checklist] == [("Look", True), ("Call", False)]
    assert [row.text for row in review.comments] == ["Strong team"]
    verbs = AuditEntry.objects.filter(object_id=application.pk).order_by("id").values_list("verb", flat=True)
    assert list(verbs)[-3:] == [
        "partners.application_assigned",
        "partners.application_assigned",
        "partners.application_checked",
    ]


def test_a_yes_makes_a_partner_of_it_all_at_once(
    in_acme: Organization, actor: Actor, alice: Membership, now: datetime, render_outbox: Render
) -> None:
    industry = Attribute.objects.create(
        name="Industry", normalized_name="industry", kind="text", standard="", created_at=now
    )
    group, other = GroupFactory.create(name="Hospitals"), GroupFactory.create(name="North")
    call = make_call(actor, now, group=group, account_manager=alice)
    question = Question("", "Industry", target=f"attribute:{industry.public_id}")
    services.save_question(actor=actor, call=call, question=question)
    call.refresh_from_db()
    key = call.questions[-1]["key"]
    application = applied(call, now, **{key: "Health"})
    render_outbox(now)
    acceptance = Acceptance(
        account_manager=alice,
        groups=[group, other],
        invitees=[Invitee("mia@orbit.example", "Mia Kern"), Invitee("tim@orbit.example")],
        personal_line="Welcome!",
    )
    partner = accept_application(
        actor=actor, decider=alice, application=application, acceptance=acceptance, now=now + timedelta(days=3)
    )
    partner.refresh_from_db()
    assert (partner.name, partner.domain, partner.country) == ("Orbit Systems", "orbit.example", "DE")
    assert (partner.status, partner.source, partner.account_manager) == ("onboarding", "application", alice)
    assert set(GroupMember.objects.open().values_list("group__name", "partner")) == {
        ("Hospitals", partner.pk),
        ("North", partner.pk),
    }
    value = AttributeValue.objects.get()
    assert (value.text, value.source, value.partner) == ("Health", "application", partner)
    assert ValueChange.objects.get().after == "Health"
    assert sorted(Invitation.objects.values_list("email", flat=True)) == ["mia@orbit.example", "tim@orbit.example"]
    application.refresh_from_db()
    assert (application.state, application.partner, application.decided_by) == ("accepted", partner, alice)
    assert kinds()[-1] == "partners.application_accepted"
    sent = {(mail.to[0], mail.subject) for mail in render_outbox(now + timedelta(days=3))}
    assert {address.rpartition("<")[2].strip(">") for address, _subject in sent} == {
        "mia@orbit.example",
        "tim@orbit.example",
    }
    assert not [subject for _address, subject in sent if subject.startswith("Welcome")], "one mail and not two"


def test_whoever_is_not_invited_is_told(
    in_acme: Organization, actor: Actor, alice: Membership, now: datetime, render_outbox: Render
) -> None:
    application = applied(make_call(actor, now), now)
    render_outbox(now)
    accept_application(actor=actor, decider=alice, application=application, acceptance=Acceptance(), now=now)
    [mail] = render_outbox(now)
    assert mail.subject == "Welcome: Orbit Systems is a partner of Acme Cloud"


def test_a_double_is_asked_about_and_can_be_filled(
    in_acme: Organization, actor: Actor, alice: Membership, now: datetime
) -> None:
    known = PartnerFactory.create(name="Orbit", domain="orbit.example", country="")
    application = applied(make_call(actor, now), now)
    assert [row.name for row, _url in application_for_review(application).alike] == ["Orbit"]

    def accept(**more: Any) -> Partner:
        return accept_application(
            actor=actor, decider=alice, application=application, acceptance=Acceptance(**more), now=now
        )

    assert refused(accept) == {"looks_like"}
    application.refresh_from_db()
    assert (application.state, Partner.objects.count()) == ("new", 1)
    assert accept(existing=known) == known
    known.refresh_from_db()
    assert (known.name, known.country, known.website) == ("Orbit", "DE", "https://orbit.example")
    assert Partner.objects.count() == 1


def test_an_address_that_cannot_be_invited_stops_all_of_it(
    in_acme: Organization, actor: Actor, alice: Membership, lena_user: Any, now: datetime
) -> None:
    group = GroupFactory.create()
    application = applied(make_call(actor, now, group=group), now)
    acceptance = Acceptance(groups=[group], invitees=[Invitee("lena@nordwind.example")])
    before = kinds()
    assert refused(
        lambda: accept_application(actor=actor, decider=alice, application=application, acceptance=acceptance, now=now)
    )
    application.refresh_from_db()
    assert (application.state, application.partner_id, kinds()) == ("new", None, before)
    assert not Partner.objects.filter(name="Orbit Systems").exists()
    assert not GroupMember.objects.exists()


def test_a_no_is_kind_and_says_when_to_come_back(
    in_acme: Organization, actor: Actor, alice: Membership, now: datetime, render_outbox: Render
) -> None:
    call = make_call(actor, now)
    application = applied(call, now)
    render_outbox(now)
    again = date(2027, 5, 29)
    decline_application(
        actor=actor,
        decider=alice,
        application=application,
        reason="no_capacity",
        wording="We are **full**.",
        reapply_on=again,
        now=now,
    )
    [mail] = render_outbox(now)
    assert mail.subject == "Your application to Acme Cloud"
    assert "29 May 2027" in mail.body
    assert "<strong>full</strong>" in str(mail.alternatives[0][0])
    assert declined_mail(application, alice).reply_to == "alice@acme.example"
    assert kinds()[-1] == "partners.application_declined"
    fact = Fact.objects.order_by("-id")[0]
    assert fact.data == {"call": call.pk, "reason": "no_capacity"}
    later = now + timedelta(days=10)
    applying.begin_application(call=call, email=application.email, now=later)
    assert PartnerApplication.objects.count() == 1, "not before that day"
    [told] = render_outbox(later)
    assert told.subject == "Where your application to Acme Cloud stands"
    assert application.token in told.body
    applying.begin_application(call=call, email=application.email, now=now + timedelta(days=200))
    assert PartnerApplication.objects.filter(state="draft").count() == 1
    assert funnel(call).reasons == [("We have no capacity now", 1)]


def test_a_no_without_words_is_none(in_acme: Organization, actor: Actor, alice: Membership, now: datetime) -> None:
    application = applied(make_call(actor, now), now)

    def decline(reason: str = "other", wording: str = "x") -> None:
        decline_application(
            actor=actor,
            decider=alice,
            application=application,
            reason=reason,
            wording=wording,
            reapply_on=None,
            now=now,
        )

    assert refused(lambda: decline("whim", "")) == {"no_reason", "no_words"}
    applying.withdraw_application(actor=GUEST, application=application, now=now)
    assert refused(decline) == {"wrong_state"}
    assert kinds() == ["partners.applied"]


def test_the_profile_is_saved_over_the_version_that_was_read(
    in_acme: Organization, actor: Actor, now: datetime
) -> None:
    call = make_call(actor, now)
    application = applied(call, now)
    wanted = [Criterion("hours", "Hours", "hours", Test.AT_LEAST, 5, number=40)]
    assert services.set_profile(actor=actor, call=call, version=call.profile_version, criteria=wanted, now=now) == 1
    application.refresh_from_db()
    assert (application.score, application.score_version) == (0, call.profile_version + 1)
    codes = refused(
        lambda: services.set_profile(actor=actor, call=call, version=call.profile_version, criteria=PROFILE, now=now)
    )
    assert codes == {"changed_meanwhile"}
    assert services.set_profile(actor=actor, call=call, version=call.profile_version + 1, criteria=wanted, now=now) == 0


def test_a_call_is_opened_when_it_says_why(in_acme: Organization, actor: Actor, now: datetime) -> None:
    call = services.create_call(actor=actor, details=services.CallDetails("Any"), now=now)
    assert refused(lambda: services.open_call(actor=actor, call=call)) == {"no_promise"}
    details = services.CallDetails("Any", why="Because", checklist=["Look ", "", "Look"])
    services.change_call(actor=actor, call=call, revision=1, details=details)
    assert [row["label"] for row in call.checklist] == ["Look"]
    key = call.checklist[0]["key"]
    services.change_call(
        actor=actor, call=call, revision=2, details=services.CallDetails("Any", why="B", checklist=["Call", "Look"])
    )
    assert call.checklist[1] == {"key": key, "label": "Look"}
    assert refused(lambda: services.change_call(actor=actor, call=call, revision=1, details=details)) == {
        "changed_meanwhile"
    }
    services.open_call(actor=actor, call=call)
    services.set_wordings(
        actor=actor, call=call, revision=call.revision, wordings={"other": house_words("other"), "overlap": "Ours"}
    )
    call.refresh_from_db()
    assert (call.state, call.wordings) == ("open", {"overlap": "Ours"})


def test_drafts_and_old_applications_are_forgotten(
    in_acme: Organization, actor: Actor, alice: Membership, now: datetime, render_outbox: Render
) -> None:
    call = make_call(actor, now)
    draft(call, now, "stale@x.example")
    busy = draft(call, now, "busy@x.example")
    applying.save_draft(application=busy, contact_name="Bo", answers={}, now=now + timedelta(days=20))
    application = applied(call, now)
    screening.comment(author=alice, application=application, text="Hm", now=now)
    token = application.token
    decline_application(
        actor=actor, decider=alice, application=application, reason="skills", wording="No", reapply_on=None, now=now
    )
    render_outbox(now)
    due = plan_forgetting(now + timedelta(days=29))
    assert due == now + timedelta(days=360)
    assert PartnerApplication.objects.count() == 3
    plan_forgetting(now + timedelta(days=31))
    assert set(PartnerApplication.objects.all()) == {application, busy}, "the draft that nobody wrote on is gone"
    plan_forgetting(now + timedelta(days=51))
    assert PartnerApplication.objects.get() == application
    assert plan_forgetting(now + timedelta(days=361)) is None
    application.refresh_from_db()
    assert (application.email, application.company, application.answers, application.token_digest) == ("", "", {}, "")
    assert application_behind(token) is None
    assert not Message.objects.filter(address__contains="orbit").exists()
    assert not Message.objects.exclude(subject="").filter(kind__startswith="partners.application").exists()
    assert (funnel(call).received, funnel(call).declined) == (1, 1), "figures count it still"


def test_only_what_ended_is_erased_by_hand(in_acme: Organization, actor: Actor, now: datetime) -> None:
    application = applied(make_call(actor, now), now)
    assert refused(lambda: forget_application(actor=actor, application=application, now=now)) == {"still_running"}
    applying.withdraw_application(actor=GUEST, application=application, now=now)
    forget_application(actor=actor, application=application, now=now)
    application.refresh_from_db()
    assert (application.contact_name, application.erased_at) == ("", now)


def test_a_withdrawn_draft_leaves_nothing(in_acme: Organization, actor: Actor, now: datetime) -> None:
    application = draft(make_call(actor, now), now)
    applying.withdraw_application(actor=GUEST, application=application, now=now)
    assert not PartnerApplication.objects.exists()
    assert not Message.objects.filter(address__contains="orbit").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_does(
    acme: Organization, alice: Membership, bob: Membership, now: datetime
) -> None:
    actor = Actor.of(alice)
    with scope(acme):
        group: Group = GroupFactory.create()
        application = applied(make_call(actor, now, group=group), now)

    def accept(member: Membership) -> Any:
        own = PartnerApplication.objects.select_related("call").get(pk=application.pk)
        acceptance = Acceptance(groups=[group], invitees=[Invitee("mia@orbit.example")])
        return accept_application(
            actor=Actor.of(member), decider=member, application=own, acceptance=acceptance, now=now
        ).name

    def decline() -> Any:
        own = PartnerApplication.objects.select_related("call").get(pk=application.pk)
        return decline_application(
            actor=actor, decider=bob, application=own, reason="other", wording="x", reapply_on=None, now=now
        )

    found = at_once(acme, [lambda: accept(alice), lambda: accept(bob), decline])
    assert found.count({"wrong_state"}) == 2
    with scope(acme):
        application.refresh_from_db()
        made = 1 if application.state == "accepted" else 0
        assert (Partner.objects.count(), Invitation.objects.count()) == (made, made)
        decisions = Fact.objects.filter(kind__startswith="partners.application_").count()
        assert decisions == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once_have_one_draft(acme: Organization, alice: Membership, now: datetime) -> None:
    with scope(acme):
        call = make_call(Actor.of(alice), now)
    acts = [lambda: applying.begin_application(call=call, email="mia@orbit.example", now=now)] * 4
    assert at_once(acme, acts) == [None] * 4
    with scope(acme):
        assert (PartnerApplication.objects.count(), Message.objects.count()) == (1, 1)
