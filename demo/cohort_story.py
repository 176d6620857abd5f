"""One cohort of the demo, from its draft to its graduates, as far as time has come.

Steps are told in the order of time by the services that people use, each with its own moment; those that lie ahead of
the demo's present are not told. So the stage of a cohort follows from the day of its first session.
"""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from typing import Any

from cohorts.models import Cohort, Homework, Program, Recap, Session, Submission
from cohorts.queries.recap_words import people_told
from cohorts.questions import Question
from cohorts.rules import Answers
from cohorts.services.applications import submit_application
from cohorts.services.attendance import record_attendance
from cohorts.services.cohorts import Series, create_cohort
from cohorts.services.graduation import graduate
from cohorts.services.homework import comment_submission, submit_homework
from cohorts.services.recaps import save_recap, send_recap
from cohorts.services.seats import confirm_seat
from cohorts.services.selection import draft_decision, release_decisions
from cohorts.services.selection_plans import save_question
from cohorts.services.sessions import SessionPlan, edit_session
from cohorts.services.stages import move_cohort
from cohorts.wording import proposed_wording
from demo.closing_story import closing_steps
from demo.ecosystem import World
from demo.history import keep_letters
from demo.material import FOLDER
from demo.session_story import room_steps
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.tenancy.scope import current_organization

Step = tuple[datetime, Callable[[datetime], None]]


@cache
def voices() -> dict[str, Any]:
    """What people say, by occasion."""
    return tomllib.loads((FOLDER / "voices.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Plan:
    """A cohort to tell: `first_in` days from now is its first session; `capacity` people of the applicants get in.

    What it `asks` beside the house's questions, the program's next cohort asks too.
    """

    program: str
    title: str
    first_in: int
    sessions: int
    applicants: list[Membership]
    content: list[str]
    capacity: int = 10
    absent: tuple[int, ...] = ()
    leader: str = "frida"
    asks: str = ""


@dataclass
class CohortStory:
    """Tells a plan. `cohort` is there from the first step on."""

    world: World
    plan: Plan
    program: Program
    cohort: Cohort = field(init=False)

    @property
    def facilitator(self) -> Membership:
        return self.world.cast.staff[self.plan.leader]

    @property
    def actor(self) -> Actor:
        return Actor.of(self.facilitator)

    @property
    def first_day(self) -> date:
        return (self.world.now + timedelta(days=self.plan.first_in)).date()

    @property
    def chosen(self) -> list[Membership]:
        return self.plan.applicants[: self.plan.capacity]

    def day(self, offset: float) -> datetime:
        """So many days after the first session's day, counted in the demo's clock."""
        return self.world.now + timedelta(days=self.plan.first_in + offset)

    def tell(self) -> None:
        begun = min(self.day(-45), self.world.ago(1))
        self._draft(begun)
        for moment, step in sorted(self._steps(), key=lambda step: step[0]):
            if moment <= self.world.now:
                self.cohort.refresh_from_db()
                step(moment)
                keep_letters(moment)

    def _draft(self, now: datetime) -> None:
        series = Series(
            first_on=self.first_day,
            starts_time=time(15, 0),
            count=self.plan.sessions,
            minutes=60,
            link=f"https://meet.example/{current_organization().slug}/{self.plan.program}",
        )
        self.cohort = create_cohort(
            actor=self.actor,
            program=self.program,
            title=self.plan.title,
            zone=current_organization().zone,
            capacity=self.plan.capacity,
            series=series,
            facilitators=[self.facilitator],
            applications_close_on=self.first_day - timedelta(days=14),
            now=now,
        )
        for session in self._sessions():
            self._attach(session, now)
        if self.plan.asks:
            save_question(actor=self.actor, cohort=self.cohort, question=Question("", self.plan.asks))

    def _attach(self, session: Session, now: datetime) -> None:
        said = {name: getattr(session, name) for name in SessionPlan.__dataclass_fields__}
        edit_session(
            actor=self.actor,
            session=session,
            revision=session.revision,
            plan=SessionPlan(**said),
            content_ids=[self.world.content[key].pk for key in self.plan.content],
            now=now,
        )

    def _sessions(self) -> list[Session]:
        return list(Session.objects.filter(cohort=self.cohort).order_by("number"))

    def _steps(self) -> Iterator[Step]:
        yield self.day(-35), partial(self._move, "open")
        yield from self._applying()
        yield self.day(-13), partial(self._move, "select")
        yield self.day(-12.5), self._decide
        yield self.day(-11), self._release
        for number, member in enumerate(self.chosen):
            yield self.day(-10 + number / 10), partial(self._confirm, member)
        yield self.day(-5), partial(self._move, "confirm")
        yield self.day(-1), partial(self._move, "start")
        for number, session in enumerate(self._sessions()):
            yield session.ends_at + timedelta(hours=1), partial(self._attend, session, number)
            yield session.ends_at + timedelta(hours=18), partial(self._recap, session)
        yield from self._homework()
        yield from room_steps(self)
        yield from closing_steps(self)
        last = 7 * (self.plan.sessions - 1)
        yield self.day(last + 3), partial(self._move, "graduate")
        yield self.day(last + 5), self._graduate
        yield self.day(last + 6), partial(self._move, "finish")

    def _applying(self) -> Iterator[Step]:
        for number, member in enumerate(self.plan.applicants):
            yield self.day(-33 + number * 1.4), partial(self._apply, member, number)

    def _move(self, verb: str, now: datetime) -> None:
        move_cohort(actor=self.actor, cohort=self.cohort, verb=verb, now=now)

    def _apply(self, member: Membership, number: int, now: datetime) -> None:
        said = voices()
        values = {key: said[key][number % len(said[key])] for key in ("why", "project", "experience")}
        if number == 4:
            values["avoids"] = said["avoids"]
        answers = Answers(values, agrees=True)
        submit_application(actor=Actor.of(member), cohort=self.cohort, membership=member, answers=answers, now=now)

    def _decide(self, now: datetime) -> None:
        """Everybody gets a draft; where the cohort has not gone further, the last two are still open."""
        applications = list(self.cohort.applications.order_by("submitted_at", "pk"))
        undecided = 2 if self.day(-11) > self.world.now else 0
        for place, application in enumerate(applications[: len(applications) - undecided]):
            kind, reason = ("accept", "") if place < self.plan.capacity else ("decline", "full")
            wording = proposed_wording(
                kind=kind,
                reason=reason,
                first_name=application.membership.person.first_name,
                cohort_title=self.cohort.title,
            )
            draft_decision(
                actor=self.actor,
                decider=self.facilitator,
                application=application,
                kind=kind,
                reason=reason,
                wording=wording,
                now=now,
            )

    def _release(self, now: datetime) -> None:
        release_decisions(actor=self.actor, cohort=self.cohort, now=now)

    def _confirm(self, member: Membership, now: datetime) -> None:
        confirm_seat(actor=Actor.of(member), cohort=self.cohort, membership=member, now=now)

    def _attend(self, session: Session, number: int, now: datetime) -> None:
        missing = {self.chosen[(number + shift) % len(self.chosen)].pk for shift in self.plan.absent}
        present = [member.pk for member in self.chosen if member.pk not in missing]
        record_attendance(actor=self.actor, session=session, present_ids=present, now=now)

    def _recap(self, session: Session, now: datetime) -> None:
        session.refresh_from_db()
        body = f"{str(voices()['recap']).strip()}\n\n{people_told(session)}".strip()
        recap = Recap.objects.filter(session=session).first() or save_recap(
            actor=self.actor, session=session, revision=1, body=body, now=now
        )
        # The newest recap of a cohort that is under way waits as a draft, so that there is something to do.
        if self.world.now - now > timedelta(days=4) or self.plan.first_in < -20:
            send_recap(actor=self.actor, recap=recap, now=now)

    def _homework(self) -> Iterator[Step]:
        for homework in Homework.objects.filter(cohort=self.cohort):
            for number, member in enumerate(self.chosen[:-1]):
                handed_in = homework.due_at - timedelta(hours=5 * number + 2)
                yield handed_in, partial(self._submit, homework, member, number)
                # The last two wait for their comment.
                if number < len(self.chosen) - 3:
                    yield homework.due_at + timedelta(hours=20), partial(self._comment, homework, member, number)

    def _submit(self, homework: Homework, member: Membership, number: int, now: datetime) -> None:
        text = voices()["homework"][number % len(voices()["homework"])]
        submit_homework(actor=Actor.of(member), homework=homework, membership=member, text=text, now=now)

    def _comment(self, homework: Homework, member: Membership, number: int, now: datetime) -> None:
        submission = Submission.objects.filter(homework=homework, membership=member).get()
        body = voices()["comment"][number % len(voices()["comment"])]
        comment_submission(actor=self.actor, author=self.facilitator, submission=submission, body=body, now=now)

    def _graduate(self, now: datetime) -> None:
        ids = [member.pk for member in self.chosen]
        graduate(actor=self.actor, cohort=self.cohort, membership_ids=ids, now=now)
