"""Reviewing applications: asked by itself, each alone at first, abstained, opened."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from cohorts.models import Application, Cohort, Nomination, Review, Reviewer, SelectionPlan
from cohorts.parts import Part
from cohorts.queries.board import board
from cohorts.queries.reviews import Opinions, Scores, opinions_for, plan_for
from cohorts.rubric import RubricLine, first_rubric
from cohorts.rules import Answers
from cohorts.services.applications import submit_application, withdraw_application
from cohorts.services.reviews import (
    abstain,
    compare_reviews,
    edit_reviewing,
    plan_review_reminders,
    spread_reviews,
    write_review,
)
from cohorts.services.selection_plans import own_plan
from partners.models import Partner
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.models import AuditEntry
from prm.outbox.models import Message, Notification
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.factories import staff

GIVEN = {"work": 4, "fit": 4, "gives": 4}


@pytest.fixture
def reviewed(winter: Cohort) -> Cohort:
    Cohort.objects.filter(pk=winter.pk).update(parts=[Part.REVIEWS])
    winter.refresh_from_db()
    return winter


def set_up(cohort: Cohort, actor: Actor, now: datetime, *reviewers: Membership, **settings: Any) -> None:
    edit_reviewing(
        actor=actor,
        cohort=cohort,
        revision=own_plan(cohort).revision,
        rubric=settings.pop("rubric", first_rubric()),
        reviewers=reviewers,
        now=now,
        **settings,
    )


def write(reviewer: Membership, application: Application, now: datetime, **points: int) -> Review:
    return write_review(
        actor=Actor.of(reviewer), reviewer=reviewer, application=application, points={**GIVEN, **points}, now=now
    )


def opinions(application: Application, reader: Membership, now: datetime) -> Opinions:
    plan, is_reviewer = plan_for(application.cohort, reader)
    found = opinions_for(application, plan, reader, now, is_reviewer=is_reviewer)
    assert found is not None
    return found


def scores(cohort: Cohort, reader: Membership, now: datetime) -> Scores:
    plan, is_reviewer = plan_for(cohort, reader)
    return board(cohort, now, plan=plan, reader=reader, is_reviewer=is_reviewer).scores


def asked(cohort: Cohort) -> set[tuple[int, int]]:
    return set(Review.objects.asked().filter(cohort=cohort).values_list("application", "membership"))


def test_what_is_handed_in_is_given_to_reviewers_by_itself(
    reviewed: Cohort, lena: Membership, bob: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    set_up(reviewed, actor, now, bob, frida)
    answers = Answers({"why": "Because.", "project": "A customer.", "experience": "new"}, agrees=True)
    application = submit_application(actor=Actor.of(lena), cohort=reviewed, membership=lena, answers=answers, now=now)
    assert asked(reviewed) == {(application.pk, bob.pk), (application.pk, frida.pk)}
    mails = Message.objects.filter(kind="cohorts.review_asked")
    assert set(mails.values_list("recipient", flat=True)) == {bob.pk, frida.pk}
    assert Notification.objects.filter(kind="cohorts.review_asked", membership=bob).count() == 1
    # Changing it asks nobody again.
    submit_application(actor=Actor.of(lena), cohort=reviewed, membership=lena, answers=answers, now=now)
    assert Review.objects.count() == 2


def test_several_of_one_day_are_one_mail(
    reviewed: Cohort, lena: Membership, paul: Membership, bob: Membership, actor: Actor, now: datetime
) -> None:
    set_up(reviewed, actor, now, bob, reviews_wanted=1)
    for who in (lena, paul):
        factories.application(reviewed, who)
        spread_reviews(cohort=reviewed, now=now)
    assert Review.objects.asked().count() == 2
    assert Message.objects.filter(kind="cohorts.review_asked").count() == 1


def test_without_the_part_nobody_is_asked(winter: Cohort, lena: Membership, bob: Membership, now: datetime) -> None:
    factories.application(winter, lena)
    Reviewer.objects.create(cohort=winter, membership=bob)
    assert spread_reviews(cohort=winter, now=now) == 0
    assert not Review.objects.exists()


def test_nobody_is_asked_about_their_own_partner_or_nominee(
    reviewed: Cohort,
    lena: Membership,
    nordwind: Partner,
    bob: Membership,
    frida: Membership,
    actor: Actor,
    now: datetime,
) -> None:
    mia = staff(reviewed.organization, "mia@acme.example", "Mia Roth", "manager")
    Partner.objects.filter(pk=nordwind.pk).update(account_manager=bob)
    nomination = Nomination.objects.create(
        cohort=reviewed, email="lena@nordwind.example", nominated_by=frida, nonce="n", token_digest="d", created_at=now
    )
    application = factories.application(reviewed, lena, nomination=nomination)
    set_up(reviewed, actor, now, bob, frida, mia, reviews_wanted=3)
    assert asked(reviewed) == {(application.pk, mia.pk)}


def test_points_are_kept_changed_and_noted(
    reviewed: Cohort, lena: Membership, bob: Membership, actor: Actor, now: datetime
) -> None:
    application = factories.application(reviewed, lena)
    set_up(reviewed, actor, now, bob)
    write(bob, application, now, work=5)
    review = write(bob, application, now + timedelta(hours=1), work=2)
    review.refresh_from_db()
    assert (review.state, review.points["work"], review.written_at) == ("written", 2, now + timedelta(hours=1))
    assert AuditEntry.objects.filter(verb="cohorts.review_written").count() == 2
    # What somebody thinks of somebody else is nobody's business in the trail.
    assert not AuditEntry.objects.filter(verb="cohorts.review_written").exclude(changes={}).exists()


def test_who_does_not_review_keeps_nothing(
    reviewed: Cohort, lena: Membership, bob: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    application = factories.application(reviewed, lena)
    set_up(reviewed, actor, now, bob)
    with pytest.raises(Refused) as refusal:
        write(frida, application, now)
    assert refusal.value.codes == {"not_reviewer"}
    Application.objects.filter(pk=application.pk).update(state="decided")
    with pytest.raises(Refused) as refusal:
        write(bob, application, now)
    assert refusal.value.codes == {"decided"}
    assert not Review.objects.written().exists()


def test_who_abstains_is_replaced_by_somebody_else(
    reviewed: Cohort, lena: Membership, bob: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    application = factories.application(reviewed, lena)
    set_up(reviewed, actor, now, bob, frida, reviews_wanted=1)
    ((_application, first),) = asked(reviewed)
    one, other = (bob, frida) if first == bob.pk else (frida, bob)
    abstain(actor=Actor.of(one), reviewer=one, application=application, reason="I know her.", now=now)
    assert asked(reviewed) == {(application.pk, other.pk)}
    with pytest.raises(Refused) as refusal:
        abstain(actor=Actor.of(one), reviewer=one, application=application, now=now)
    assert refusal.value.codes == {"wrong_state"}
    # Whoever thinks better of it may still give points.
    assert write(one, application, now).comment == ""


def test_who_leaves_the_reviewers_owes_nothing_and_what_they_wrote_stays(
    reviewed: Cohort,
    lena: Membership,
    paul: Membership,
    bob: Membership,
    frida: Membership,
    actor: Actor,
    now: datetime,
) -> None:
    mine, other = factories.application(reviewed, lena), factories.application(reviewed, paul)
    set_up(reviewed, actor, now, bob, reviews_wanted=1)
    write(bob, mine, now)
    set_up(reviewed, actor, now, frida, reviews_wanted=1)
    assert asked(reviewed) == {(other.pk, frida.pk)}
    assert Review.objects.written().get().membership_id == bob.pk
    # Somebody who left the organization is replaced the next time anybody is asked.
    Membership.objects.in_organization(reviewed.organization).filter(pk=frida.pk).update(state="suspended")
    Reviewer.objects.create(cohort=reviewed, membership=bob)
    spread_reviews(cohort=reviewed, now=now)
    assert asked(reviewed) == {(other.pk, bob.pk)}


def test_a_wrong_setting_changes_nothing(reviewed: Cohort, bob: Membership, actor: Actor, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        set_up(reviewed, actor, now)
    assert refusal.value.codes == {"no_reviewers"}
    with pytest.raises(Refused) as refusal:
        set_up(reviewed, actor, now, bob, rubric=[])
    assert refusal.value.codes == {"empty"}
    assert not Reviewer.objects.exists()
    with pytest.raises(Refused) as refusal:
        edit_reviewing(
            actor=actor, cohort=reviewed, revision=99, rubric=first_rubric(), reviewers=[bob], reviews_wanted=4, now=now
        )
    assert refusal.value.codes == {"changed_meanwhile"}
    assert not Reviewer.objects.exists()


# ── Who reads what ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_alone_until_one_has_written_or_all_is_opened(
    reviewed: Cohort,
    lena: Membership,
    bob: Membership,
    frida: Membership,
    alice: Membership,
    actor: Actor,
    now: datetime,
) -> None:
    application = factories.application(reviewed, lena)
    set_up(reviewed, actor, now, bob, frida)
    write_review(
        actor=Actor.of(bob), reviewer=bob, application=application, points=GIVEN, comment="A clear yes.", now=now
    )

    def read(who: Membership) -> tuple[str, list[str]]:
        seen = opinions(application, who, now)
        scored = scores(reviewed, who, now).of(application.pk)
        assert scored.score == seen.mean
        assert scored.reviews == f"{len(Review.objects.written())} of 2 reviews"
        return seen.mean, [row.comment for row in seen.rows if row.comment]

    assert read(bob) == ("4.0", ["A clear yes."])
    # Frida has not written, Alice only decides: both see who, and nothing of what.
    assert read(frida) == ("", [])
    assert read(alice) == ("", [])
    write(frida, application, now, work=1, fit=1, gives=1)
    assert read(frida) == ("2.5", ["A clear yes."])
    assert read(alice) == ("", [])
    compare_reviews(actor=actor, cohort=reviewed, is_open=True, now=now)
    assert read(alice) == ("2.5", ["A clear yes."])
    seen = opinions(application, alice, now)
    assert seen.verdict is not None
    assert seen.verdict.disagrees
    compare_reviews(actor=actor, cohort=reviewed, is_open=False, now=now)
    assert read(alice) == ("", [])


def test_points_that_change_after_opening_are_marked(
    reviewed: Cohort, lena: Membership, bob: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    application = factories.application(reviewed, lena)
    set_up(reviewed, actor, now, bob, frida)
    write(bob, application, now)
    write(frida, application, now)
    compare_reviews(actor=actor, cohort=reviewed, is_open=True, now=now + timedelta(hours=1))
    write(frida, application, now + timedelta(hours=2), work=1)
    seen = opinions(application, bob, now + timedelta(hours=3))
    assert {row.reviewer: row.is_later for row in seen.rows} == {"Bob Keller": False, "Frida Sand": True}


def test_opening_twice_is_refused(reviewed: Cohort, actor: Actor, now: datetime) -> None:
    compare_reviews(actor=actor, cohort=reviewed, is_open=True, now=now)
    with pytest.raises(Refused) as refusal:
        compare_reviews(actor=actor, cohort=reviewed, is_open=True, now=now)
    assert refusal.value.codes == {"already"}


def test_a_changed_rubric_keeps_the_points_of_what_stays(
    reviewed: Cohort, lena: Membership, bob: Membership, actor: Actor, now: datetime
) -> None:
    application = factories.application(reviewed, lena)
    set_up(reviewed, actor, now, bob, is_blind=False)
    write(bob, application, now, work=5, fit=1, gives=1)
    set_up(
        reviewed, actor, now, bob, rubric=[RubricLine("work", "Has a customer", 1), RubricLine("new", "Is curious", 1)]
    )
    assert scores(reviewed, bob, now).of(application.pk).score == "5.0"


def test_what_was_withdrawn_waits_for_nobody(
    reviewed: Cohort, lena: Membership, bob: Membership, actor: Actor, now: datetime
) -> None:
    application = factories.application(reviewed, lena)
    set_up(reviewed, actor, now, bob)
    withdraw_application(actor=Actor.of(lena), application=application, membership=lena, now=now)
    assert scores(reviewed, bob, now).own == 0
    assert not Review.objects.to_write().exists()


# ── Mails ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_owes_points_hears_the_day_before_all_is_opened(
    reviewed: Cohort, lena: Membership, bob: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    application = factories.application(reviewed, lena)
    opens = now + timedelta(days=3)
    set_up(reviewed, actor, now, bob, frida, compare_at=opens)
    write(bob, application, now)
    reminders = Message.objects.filter(kind="cohorts.review_reminder")
    assert plan_review_reminders(now) == opens - timedelta(days=1)
    assert not reminders.exists()
    for _tick in range(2):
        assert plan_review_reminders(opens - timedelta(days=1)) is None
    assert list(reminders.values_list("recipient", flat=True)) == [frida.pk]
    # The day moves: another reminder for the other moment.
    SelectionPlan.objects.filter(cohort=reviewed).update(compare_at=opens + timedelta(hours=5))
    plan_review_reminders(opens)
    assert reminders.count() == 2


def test_mails_say_how_much_waits_and_are_not_sent_for_what_is_done(
    reviewed: Cohort,
    lena: Membership,
    paul: Membership,
    bob: Membership,
    actor: Actor,
    now: datetime,
    render_outbox: Callable[[datetime], list[Any]],
) -> None:
    first, second = factories.application(reviewed, lena), factories.application(reviewed, paul)
    set_up(reviewed, actor, now, bob, reviews_wanted=1, compare_at=now + timedelta(hours=30))
    (mail,) = render_outbox(now)
    assert mail.to == ["Bob Keller <bob@acme.example>"]
    assert "Winter 2026" in mail.subject
    assert "2" in mail.body
    assert "Lena" not in mail.body
    plan_review_reminders(now + timedelta(hours=7))
    for application in (first, second):
        write(bob, application, now + timedelta(hours=7))
    assert render_outbox(now + timedelta(hours=7)) == []


def test_another_organizations_reviews_do_not_exist_here(
    acme: Organization, umbrella: Organization, charlie: Membership, bob: Membership, now: datetime
) -> None:
    for organization, reviewer in ((umbrella, charlie), (acme, bob)):
        with scope(organization):
            cohort = factories.cohort("open", parts=[Part.REVIEWS])
            factories.application(cohort, factories.applicant("Cleo Stranger"))
            set_up(cohort, Actor.of(reviewer), now, reviewer)
            assert list(Review.objects.values_list("membership", flat=True)) == [reviewer.pk]
            assert scores(cohort, reviewer, now).own == 1
