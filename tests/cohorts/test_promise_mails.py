"""Expectations in mails: told again in the words of the moment, and announced when they change."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from cohorts.models import Application, Cohort, Graduation, Program, Recap
from cohorts.services.expectations import agree_to_expectations, keep_version
from cohorts.services.programs import edit_program
from cohorts.walltime import occasion
from partners.models import Partner
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.outbox.services import post
from prm.web.due import list_of
from tests.cohorts import factories
from tests.factories import NOW

type Deliver = Callable[[datetime], list[Any]]

BRING, TREATMENT, MISSES = "a customer by name", "it stays in the group", "say so in one click"


@pytest.fixture
def running(winter: Cohort, lena: Membership, nordwind: Partner) -> Cohort:
    """Lena has applied and agreed, has a seat and has graduated, so that every mail has its reason."""
    Program.objects.filter(pk=winter.program_id).update(expectations=BRING, treatment=TREATMENT, misses=MISSES)
    winter.program.refresh_from_db()
    version = keep_version(program=winter.program, now=NOW)
    application = factories.application(winter, lena, "decided", agreed_to=version)
    factories.seat(winter, lena, application=application)
    Cohort.objects.filter(pk=winter.pk).update(state="running")
    winter.refresh_from_db()
    return winter


def subject_of(kind: str, cohort: Cohort, lena: Membership, now: datetime) -> tuple[int, str]:
    """What a message of this kind is about: its key and its slot."""
    first = cohort.sessions.get(number=1)
    match kind:
        case "seat_offered":
            cohort.seats.update(state="offered", confirm_by=now + timedelta(days=2))
            return cohort.seats.get().pk, ""
        case "seat_confirmed":
            return cohort.seats.get().pk, ""
        case "session_reminder":
            return first.pk, f"1440 {occasion(first.starts_at)}"
        case "session_starts_soon":
            return first.pk, f"60 {occasion(first.starts_at)}"
        case "recap":
            return Recap.objects.create(session=first, body="What we did.", drafted_at=now).pk, ""
    made = Graduation.objects.create(
        cohort=cohort, membership=lena, name="Lena", program_title="Deals", graduated_at=now
    )
    return made.pk, ""


@pytest.mark.parametrize(
    ("kind", "heading", "told", "not_told"),
    [
        ("seat_offered", "What you promise to the others:", (BRING, MISSES), (TREATMENT,)),
        ("seat_confirmed", "What we agreed on:", (BRING, TREATMENT, MISSES), ()),
        ("session_reminder", "Before we meet:", (BRING, MISSES), (TREATMENT,)),
        ("session_starts_soon", "How we talk here:", (TREATMENT, BRING), (MISSES,)),
        ("recap", "Until next time:", (BRING,), (TREATMENT, MISSES)),
        ("graduated", "What stays true:", (TREATMENT,), (BRING, MISSES)),
    ],
)
def test_each_mail_tells_what_matters_then(
    running: Cohort,
    lena: Membership,
    now: datetime,
    render_outbox: Deliver,
    kind: str,
    heading: str,
    told: tuple[str, ...],
    not_told: tuple[str, ...],
) -> None:
    subject_id, slot = subject_of(kind, running, lena, now)
    post(kind=f"cohorts.{kind}", subject_id=subject_id, slot=slot, recipient=lena, now=now)
    (mail,) = render_outbox(now)
    assert heading in mail.body
    assert [words for words in told if words not in mail.body] == []
    assert [words for words in not_told if words in mail.body] == []


def test_a_change_says_what_was_and_what_is(
    running: Cohort, lena: Membership, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    change(actor, running, now, misses="The seat goes to somebody else.", treatment="")
    (mail,) = render_outbox(now)
    assert mail.subject == "What we agreed on for “Winter 2026” has changed"
    assert "The seat goes to somebody else. (so far: say so in one click)" in mail.body
    assert "no longer said" in mail.body
    assert BRING not in mail.body
    assert f"/o/acme/cohorts/{running.public_id}/home/" in mail.body


def test_who_agreed_or_left_meanwhile_is_not_asked(
    running: Cohort, lena: Membership, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    change(actor, running, now, weekly_minutes=200)
    running.program.refresh_from_db()
    agree_to_expectations(actor=Actor.of(lena), cohort=running, membership=lena, number=2, now=now)
    assert render_outbox(now) == []
    change(actor, running, now, weekly_minutes=300)
    running.seats.update(state="released")
    assert render_outbox(now) == []


def test_of_two_changes_only_the_newest_is_told(
    running: Cohort, actor: Actor, now: datetime, render_outbox: Deliver
) -> None:
    change(actor, running, now, weekly_minutes=200)
    change(actor, running, now, weekly_minutes=300)
    (mail,) = render_outbox(now)
    assert "about 300 minutes (so far: about 120 minutes)" in mail.body


def test_what_is_said_again_is_no_change(running: Cohort, actor: Actor, now: datetime, render_outbox: Deliver) -> None:
    change(actor, running, now, weekly_minutes=120, pain="Another one.")
    assert render_outbox(now) == []
    assert Application.objects.get().agreed_to.number == 1  # type: ignore[union-attr]


def change(actor: Actor, cohort: Cohort, now: datetime, **words: object) -> None:
    program = Program.objects.get(pk=cohort.program_id)
    edit_program(actor=actor, program=program, revision=program.revision, changes=words, now=now)


def test_a_promise_that_changed_stands_in_the_list_until_it_is_agreed_to(
    running: Cohort, actor: Actor, lena: Membership, now: datetime
) -> None:
    """Also where the words came back to what was agreed to: then nothing is asked."""

    def listed() -> list[str]:
        return [row.title for row in list_of(Membership.objects.by_id(lena.pk), now) if "agreed" in row.title]

    def say(words: str) -> None:
        Program.objects.filter(pk=running.program_id).update(expectations=words)
        keep_version(program=Program.objects.get(pk=running.program_id), now=now)

    assert listed() == []
    say("two customers by name")
    assert listed() == ["What we agreed on has changed"]
    say(BRING)
    assert listed() == []
    say("three customers by name")
    agree_to_expectations(actor=Actor.of(lena), membership=lena, cohort=running, number=4, now=now)
    assert listed() == []
