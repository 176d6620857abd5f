"""Homework: set, handed in version by version, commented by both sides."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cohorts.models import Cohort, Homework, Submission, SubmissionComment
from cohorts.services.homework import (
    HomeworkPlan,
    comment_submission,
    delete_homework,
    edit_homework,
    set_homework,
    submit_homework,
)
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.outbox.models import Message, Notification
from prm.problems import Refused
from tests.cohorts import factories

PLAN = HomeworkPlan("Call somebody", "One call, ten minutes.", date(2026, 12, 14), time(18))


@pytest.fixture
def running(winter: Cohort, lena: Membership) -> Cohort:
    factories.seat(winter, lena)
    Cohort.objects.filter(pk=winter.pk).update(state="running")
    winter.refresh_from_db()
    return winter


@pytest.fixture
def task(running: Cohort) -> Homework:
    return factories.homework(running)


def _submit(task: Homework, who: Membership, now: datetime, **what: str) -> Submission:
    return submit_homework(
        actor=Actor.of(who),
        homework=task,
        membership=who,
        text=what.get("text", ""),
        link=what.get("link", ""),
        now=now,
    )


def test_a_due_date_is_a_time_on_the_wall(running: Cohort, actor: Actor, now: datetime) -> None:
    made = set_homework(actor=actor, cohort=running, plan=PLAN, now=now)
    assert made.due_at == datetime.fromisoformat("2026-12-14T17:00:00+00:00")
    with pytest.raises(Refused) as refusal:
        set_homework(actor=actor, cohort=running, plan=replace(PLAN, due_on=date(2026, 11, 1)), now=now)
    assert refusal.value.problems[0].field == "due_on"


def test_editing_moves_the_reminders_along(task: Homework, actor: Actor, now: datetime) -> None:
    edit_homework(actor=actor, homework=task, revision=1, plan=PLAN, now=now)
    task.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        edit_homework(actor=actor, homework=task, revision=1, plan=PLAN, now=now)
    assert refusal.value.codes == {"changed_meanwhile"}


def test_a_better_brief_is_possible_when_it_is_over(task: Homework, actor: Actor) -> None:
    later = task.due_at + timedelta(days=1)
    plan = HomeworkPlan(task.title, "Said better.", task.due_on, task.due_time)
    edit_homework(actor=actor, homework=task, revision=1, plan=plan, now=later)
    task.refresh_from_db()
    assert task.brief == "Said better."


def test_versions_count_up_and_the_fact_counts_once(
    task: Homework, lena: Membership, frida: Membership, now: datetime
) -> None:
    first = _submit(task, lena, now, text="A start.")
    second = _submit(task, lena, now + timedelta(hours=1), text="More.", link="https://board.example/1")
    assert [first.version, second.version] == [1, 2]
    assert not second.is_late
    assert sum(Fact.objects.filter(kind="cohorts.homework_submitted").values_list("amount", flat=True)) == 1
    assert Notification.objects.filter(membership=frida).count() == 2


def test_pressed_twice_is_one_version(task: Homework, lena: Membership, frida: Membership, now: datetime) -> None:
    first = _submit(task, lena, now, text="A start.")
    again = _submit(task, lena, now + timedelta(seconds=1), text="A start.")
    assert again.pk == first.pk
    assert Fact.objects.filter(kind="cohorts.homework_submitted").count() == 1
    assert Notification.objects.filter(membership=frida).count() == 1
    for _twice in range(2):
        comment_submission(actor=Actor.of(frida), author=frida, submission=first, body="Who opens the door?", now=now)
    assert SubmissionComment.objects.count() == 1
    assert Message.objects.filter(kind="cohorts.homework_commented").count() == 1


def test_late_is_marked_and_taken(task: Homework, lena: Membership) -> None:
    assert not _submit(task, lena, task.due_at, text="In time.").is_late
    assert _submit(task, lena, task.due_at + timedelta(seconds=1), text="Late.").is_late


def test_a_file_alone_is_enough(task: Homework, lena: Membership, now: datetime) -> None:
    upload = SimpleUploadedFile("plan.txt", b"My plan.", "text/plain")
    made = submit_homework(actor=Actor.of(lena), homework=task, membership=lena, upload=upload, now=now)
    assert made.file is not None
    assert made.file.name == "plan.txt"


def test_a_file_of_the_wrong_type_leaves_nothing(task: Homework, lena: Membership, now: datetime) -> None:
    upload = SimpleUploadedFile("run.exe", b"MZ", "application/x-msdownload")
    with pytest.raises(Refused) as refusal:
        submit_homework(actor=Actor.of(lena), homework=task, membership=lena, upload=upload, now=now)
    assert refusal.value.problems[0].field == "file"
    assert not Submission.objects.exists()


def test_nothing_is_not_homework_and_strangers_hand_in_none(
    task: Homework, lena: Membership, paul: Membership, now: datetime
) -> None:
    with pytest.raises(Refused) as refusal:
        _submit(task, lena, now, text="  ")
    assert refusal.value.codes == {"empty"}
    with pytest.raises(Refused) as refusal:
        _submit(task, paul, now, text="Me too.")
    assert refusal.value.codes == {"no_seat"}
    assert not Submission.objects.exists()
    assert not Fact.objects.filter(kind="cohorts.homework_submitted").exists()


def test_comments_go_both_ways(
    task: Homework, lena: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    row = _submit(task, lena, now, text="A start.")
    comment_submission(actor=actor, author=frida, submission=row, body=" Whom will you call first? ", now=now)
    assert SubmissionComment.objects.get().body == "Whom will you call first?"
    message = Message.objects.get()
    assert (message.kind, message.recipient_id) == ("cohorts.homework_commented", lena.pk)
    bells = Notification.objects.filter(membership=frida).count()
    comment_submission(actor=Actor.of(lena), author=lena, submission=row, body="The Harz.", now=now)
    assert Notification.objects.filter(membership=frida).count() == bells + 1
    assert Message.objects.count() == 1


def test_what_was_handed_in_is_not_deleted(task: Homework, lena: Membership, actor: Actor, now: datetime) -> None:
    _submit(task, lena, now, text="A start.")
    with pytest.raises(Refused) as refusal:
        delete_homework(actor=actor, homework=task)
    assert refusal.value.codes == {"handed_in"}
    Submission.objects.all().delete()
    delete_homework(actor=actor, homework=task)
    assert not Homework.objects.exists()
