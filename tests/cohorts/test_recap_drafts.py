"""A recap is drafted by itself when a session is over, follows what becomes known, and is never sent empty."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from cohorts import rules
from cohorts.models import Cohort, CutRequest, Participation, Recap, Session, SessionMaterial
from cohorts.models import Testimonial as Words
from cohorts.queries.recaps import catch_up, drafted_body
from cohorts.services.agenda import plan_text
from cohorts.services.attendance import record_attendance
from cohorts.services.entrance import hide_testimonial, write_testimonial
from cohorts.services.graduation import graduate
from cohorts.services.homework import submit_homework
from cohorts.services.recap_drafts import draft_recaps
from cohorts.services.recaps import save_recap, schedule_recap, send_due_recaps, send_recap
from cohorts.services.sessions import cancel_session
from cohorts.services.taking_part import write_goal
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.models import Message, Notification
from prm.problems import Refused
from tests.cohorts import factories

type Deliver = Callable[[datetime], list[Any]]
HOUR = timedelta(hours=1)


@pytest.fixture
def first(winter: Cohort, lena: Membership, paul: Membership) -> Session:
    """The first session of a running cohort with Lena and Paul, with an agenda and homework."""
    factories.seat(winter, lena)
    factories.seat(winter, paul)
    Cohort.objects.filter(pk=winter.pk).update(state="running")
    session = winter.sessions.select_related("cohort").get(number=1)
    session.items.all().delete()
    plan_text(session, "- **10 min** Who we are")
    factories.homework(winter, session=session)
    return session


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", False),
        (" \n\n", False),
        ("## What we did\n\n- ", False),
        ("# A\n\n* \n1.\n---\n", False),
        ("## What we did\n\n- We met.", True),
        ("See you.", True),
    ],
)
def test_headings_and_empty_bullets_say_nothing(body: str, says: bool) -> None:
    assert rules.says_something(body) is says


def test_it_is_drafted_once_when_the_session_is_over(first: Session, frida: Membership) -> None:
    assert draft_recaps(first.ends_at - HOUR) == first.ends_at
    assert not Recap.objects.exists()
    second = first.cohort.sessions.get(number=2)
    for moment in (first.ends_at, first.ends_at + HOUR):
        assert draft_recaps(moment) == second.ends_at
    recap = Recap.objects.get()
    assert (recap.session_id, recap.state) == (first.pk, "draft")
    for piece in ("Who we are", "Describe what you will build", "Session 2"):
        assert piece in recap.body
    line = Notification.objects.get()
    assert (line.membership_id, line.url.rpartition("/sessions/")[2]) == (frida.pk, f"{first.public_id}/recap/")
    assert not Message.objects.exists()


@pytest.mark.parametrize("why", ["cancelled session", "draft cohort", "long ago"])
def test_what_needs_none_gets_none(first: Session, actor: Actor, why: str) -> None:
    moment = first.ends_at
    if why == "cancelled session":
        cancel_session(actor=actor, session=first, now=first.starts_at)
    elif why == "draft cohort":
        Cohort.objects.update(state="draft")
    else:
        moment = first.ends_at + timedelta(days=8)
    draft_recaps(moment)
    assert not Recap.objects.filter(session=first).exists()


def test_an_untouched_draft_follows_the_attendance_and_an_edited_one_is_left_alone(
    first: Session, lena: Membership, actor: Actor
) -> None:
    draft_recaps(first.ends_at)
    record_attendance(actor=actor, session=first, present_ids=[lena.pk], now=first.ends_at + HOUR)
    recap = Recap.objects.get()
    assert "1 of 2 was there." in recap.body
    # A page that was opened before the draft was there saves over it; one that was opened before an edit does not.
    save_recap(actor=actor, session=first, revision=0, body="Mine.", now=first.ends_at + HOUR)
    with pytest.raises(Refused):
        save_recap(actor=actor, session=first, revision=0, body="Late.", now=first.ends_at + HOUR)
    record_attendance(actor=actor, session=first, present_ids=[], now=first.ends_at + 2 * HOUR)
    assert Recap.objects.get().body == "Mine."


def test_a_draft_links_what_everybody_may_open_and_who_missed_it_finds_the_rest(
    first: Session, lena: Membership, now: datetime
) -> None:
    made: dict[str, Any] = {"session": first, "added_at": now}
    slides = SessionMaterial.objects.create(kind="b_slides", title="Slides", link="https://a.example/s", **made)
    kept = SessionMaterial.objects.create(
        kind="a_recording", title="Recording", link="https://a.example/r", for_absent=True, **made
    )
    held = SessionMaterial.objects.create(kind="c_board", title="Board", link="https://a.example/b", **made)
    CutRequest.objects.create(material=held, membership=lena, asked_at=now)
    draft, steps = drafted_body(first), catch_up(first, lena)
    assert f"[Slides]({material_url(first, slides)})" in draft
    assert f"1. [Recording]({material_url(first, kept)})" in steps
    assert kept.public_id not in draft
    assert held.public_id not in draft + steps


def material_url(session: Session, material: SessionMaterial) -> str:
    return address("session_material", session.cohort.public_id, session.public_id, material.public_id, absolute=True)


def promise(who: Membership, session: Session, words: str, now: datetime, *, is_quotable: bool = False) -> None:
    row = Participation.objects.filter(cohort=session.cohort, membership=who).first()
    write_goal(
        cohort=session.cohort,
        membership=who,
        revision=row.revision if row else 0,
        goal="More.",
        commitment=words,
        is_quotable=is_quotable,
        now=now,
    )


def test_a_draft_tells_promises_and_whose_they_are_only_where_they_agreed(
    first: Session, lena: Membership, paul: Membership
) -> None:
    promise(lena, first, "I ask *before*\nI advise.", first.starts_at)
    promise(paul, first, "I come prepared.", first.starts_at, is_quotable=True)
    draft = drafted_body(first)
    assert "## What we promised each other" in draft
    assert "- I ask \\*before\\* I advise.\n" in draft
    assert "- I come prepared. (Paul Ortega, Kestrel)" in draft
    assert "Lena" not in draft
    for roster, who in (("first_names", "(Paul)"), ("hidden", "")):
        first.cohort.roster = roster
        first.cohort.save()
        line = next(line for line in drafted_body(first).split("\n") if "prepared" in line)
        assert line == f"- I come prepared. {who}".rstrip()


def test_a_promise_is_told_once_and_not_of_who_has_left(
    first: Session, lena: Membership, paul: Membership, actor: Actor
) -> None:
    # From before people knew that recaps tell promises: it has no moment.
    Participation.objects.create(cohort=first.cohort, membership=paul, commitment="Long ago.")
    promise(lena, first, "I ask.", first.starts_at)
    second = first.cohort.sessions.select_related("cohort").get(number=2)
    assert "Long ago" not in drafted_body(first)
    assert "I ask." in drafted_body(second)
    recap = save_recap(actor=actor, session=first, revision=0, body=drafted_body(first), now=first.ends_at)
    send_recap(actor=actor, recap=recap, now=first.ends_at)
    assert "I ask." not in drafted_body(second)
    promise(lena, first, "I listen.", second.starts_at)
    assert "I listen." in drafted_body(second)
    # What is said in the second session is of no recap of the first.
    assert "I listen." not in drafted_body(first)
    first.cohort.seats.filter(membership=lena).update(state="released")
    assert "I listen." not in drafted_body(second)


def test_what_is_taken_back_goes_from_every_recap_that_is_not_sent(
    first: Session, lena: Membership, paul: Membership, actor: Actor
) -> None:
    draft_recaps(first.ends_at)
    moment = first.ends_at + HOUR
    promise(lena, first, "I ask.", moment, is_quotable=True)
    promise(paul, first, "I ask.", moment)
    assert "- I ask. (Lena Brandt, Nordwind)" in Recap.objects.get().body
    promise(lena, first, "I ask.", moment)
    assert "Lena" not in Recap.objects.get().body
    promise(lena, first, "I ask.", moment, is_quotable=True)
    # Edited by hand, with the line ends of a browser: only her own line follows.
    body = "It was loud.\r\n\r\n- I ask.\r\n- I ask. (Lena Brandt, Nordwind)\r\n- I ask. (Lena Brandt, Nordwind) twice"
    recap = save_recap(actor=actor, session=first, revision=0, body=body, now=moment)
    promise(lena, first, "I listen.", moment)
    recap.refresh_from_db()
    assert recap.body.split("\r\n")[2:] == ["- I ask.", "- I listen.", "- I ask. (Lena Brandt, Nordwind) twice"]
    with pytest.raises(Refused) as refusal:
        save_recap(actor=actor, session=first, revision=1, body=body, now=moment)
    assert refusal.value.codes == {"changed_meanwhile"}
    promise(lena, first, "", moment)
    recap.refresh_from_db()
    assert "I listen" not in recap.body
    send_recap(actor=actor, recap=recap, now=moment)
    promise(paul, first, "", moment)
    recap.refresh_from_db()
    assert "- I ask.\r\n" in recap.body


def test_words_of_graduates_are_quoted_while_they_agree(first: Session, lena: Membership, actor: Actor) -> None:
    last = first.cohort.sessions.select_related("cohort").get(number=4)
    Cohort.objects.filter(pk=first.cohort_id).update(state="graduating")
    graduate(actor=actor, cohort=first.cohort, membership_ids=[lena.pk], now=last.ends_at)
    said: dict[str, Any] = {"actor": Actor.of(lena), "cohort": first.cohort, "membership": lena, "now": last.ends_at}
    write_testimonial(words="Three customers.", agrees=False, **said)
    draft_recaps(last.ends_at)
    recap = Recap.objects.get(session=last)
    assert "Three customers" not in recap.body
    write_testimonial(words="Three customers.", agrees=True, **said)
    recap.refresh_from_db()
    quotation = "> Three customers.\n>\n> Lena Brandt, Nordwind"
    assert quotation in recap.body
    assert "Three customers" not in drafted_body(first)
    recap = save_recap(actor=actor, session=last, revision=0, body=recap.body.replace("\n", "\r\n"), now=last.ends_at)
    row = Words.objects.select_related("cohort", "membership").get()
    for is_hidden in (True, False):
        hide_testimonial(actor=actor, testimonial=row, is_hidden=is_hidden, now=last.ends_at)
        recap.refresh_from_db()
        assert "Three customers" not in recap.body
        assert "## In their own words" in recap.body


def test_a_skeleton_is_not_sent(first: Session, actor: Actor) -> None:
    draft_recaps(first.ends_at)
    recap = save_recap(actor=actor, session=first, revision=0, body="## What we did\n\n- ", now=first.ends_at)
    for verb in (
        lambda: send_recap(actor=actor, recap=recap, now=first.ends_at + HOUR),
        lambda: schedule_recap(actor=actor, recap=recap, send_at=first.ends_at + 2 * HOUR, now=first.ends_at + HOUR),
    ):
        with pytest.raises(Refused) as refusal:
            verb()
        assert refusal.value.codes == {"empty"}


def test_who_missed_it_reads_what_to_catch_up_on_in_order(
    first: Session, lena: Membership, paul: Membership, actor: Actor, render_outbox: Deliver
) -> None:
    draft_recaps(first.ends_at)
    record_attendance(actor=actor, session=first, present_ids=[lena.pk], now=first.ends_at + HOUR)
    recap = Recap.objects.select_related("session__cohort").get()
    schedule_recap(actor=actor, recap=recap, send_at=first.ends_at + 3 * HOUR, now=first.ends_at + HOUR)
    render_outbox(first.ends_at + 2 * HOUR)
    for _tick in range(2):
        send_due_recaps(first.ends_at + 3 * HOUR)
    mails = {mail.to[0].partition(" <")[0]: mail for mail in render_outbox(first.ends_at + 3 * HOUR)}
    assert set(mails) == {"Lena Brandt", "Paul Ortega"}
    assert "To be with us again" not in mails["Lena Brandt"].body
    assert "To be with us again next time, in this order:" in mails["Paul Ortega"].body
    assert "Describe what you will build" in mails["Paul Ortega"].body
    # What is expected is told to both, in the words of this moment.
    for mail in mails.values():
        assert "Until next time" in mail.body
        assert first.cohort.program.expectations in mail.body
    assert Message.objects.filter(kind="cohorts.recap", state="sent").count() == 2


def test_what_was_handed_in_needs_no_catching_up(first: Session, paul: Membership) -> None:
    from cohorts.queries.recaps import catch_up

    task = first.homework.get()
    assert catch_up(first, paul).startswith("1. [Describe what you will build]")
    submit_homework(actor=Actor.of(paul), homework=task, membership=paul, text="Done.", now=first.starts_at)
    assert catch_up(first, paul) == ""
