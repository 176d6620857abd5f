"""When people are reminded: set for a program, for one cohort in its place, and taken back."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from cohorts.forms.reminders import homework_label, seat_label, session_label
from cohorts.models import Cohort, ReminderPlan
from cohorts.queries.reminders import USUAL, Offsets, offsets_of_cohort, offsets_of_program
from cohorts.services.reminder_plans import set_cohort_reminders, set_program_reminders, use_programs_reminders
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.models import AuditEntry

type SignIn = Callable[[Membership], Client]

WEEKLY = Offsets((10080, 60), (3,), ())


def test_the_usual_ones_hold_until_somebody_says_otherwise(winter: Cohort, actor: Actor, now: datetime) -> None:
    assert offsets_of_program(winter.program) == USUAL
    assert offsets_of_cohort(winter) == (USUAL, False)
    set_program_reminders(actor=actor, program=winter.program, offsets=WEEKLY, now=now)
    assert offsets_of_cohort(winter) == (WEEKLY, False)
    own = Offsets((), (1, -1), (24,))
    set_cohort_reminders(actor=actor, cohort=winter, offsets=own, now=now)
    assert offsets_of_cohort(winter) == (own, True)
    use_programs_reminders(actor=actor, cohort=winter, now=now)
    assert offsets_of_cohort(winter) == (WEEKLY, False)
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["cohorts.reminders_set", "cohorts.reminders_set", "cohorts.reminders_of_program"]
    changes = AuditEntry.objects.order_by("pk").values_list("changes", flat=True)[0]
    assert changes == {"sessions": ["1440, 60", "10080, 60"], "homework": ["3, 1, -1", "3"], "seats": ["48, 24", ""]}


def test_taking_back_what_was_never_said_changes_nothing(winter: Cohort, actor: Actor, now: datetime) -> None:
    use_programs_reminders(actor=actor, cohort=winter, now=now)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("label", "words"),
    [
        (session_label(10080), "7 days before"),
        (session_label(1440), "1 day before"),
        (session_label(180), "3 hours before"),
        (session_label(15), "15 minutes before"),
        (homework_label(0), "On the day it is due"),
        (homework_label(-1), "1 day after, if nothing came"),
        (seat_label(72), "3 days before"),
        (seat_label(6), "6 hours before"),
    ],
)
def test_offsets_are_told_in_words(label: str, words: str) -> None:
    assert label == words


def test_the_page_sets_shows_and_takes_back(winter: Cohort, frida: Membership, sign_in: SignIn) -> None:
    client = sign_in(frida)
    page = address("cohort_reminders", winter.public_id)
    assert "Use the program" not in client.get(page).content.decode()
    assert client.post(page, {"sessions": ["10080", "60"], "homework": ["-1"]}).status_code == 303
    plan = ReminderPlan.objects.get(cohort=winter)
    assert (plan.sessions, plan.homework, plan.seats) == ([10080, 60], [-1], [])
    assert "Use the program" in client.get(page).content.decode()
    assert client.post(address("cohort_reminders_usual", winter.public_id)).status_code == 303
    assert not ReminderPlan.objects.exists()
    page = address("program_reminders", winter.program.public_id)
    assert client.post(page, {"seats": ["72"]}).status_code == 303
    assert ReminderPlan.objects.get(program=winter.program).seats == [72]


@pytest.mark.parametrize("wrong", ["7", "x", "\x00", "99999999999999999999"])
def test_what_cannot_be_chosen_is_refused_and_the_rest_kept(
    winter: Cohort, frida: Membership, sign_in: SignIn, wrong: str
) -> None:
    page = address("cohort_reminders", winter.public_id)
    answer = sign_in(frida).post(page, {"sessions": [wrong, "10080"], "homework": ["7"]})
    assert answer.status_code == 422
    assert not ReminderPlan.objects.exists()
    assert answer.content.decode().count("checked") == 2
