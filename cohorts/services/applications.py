"""Applying for a cohort: a draft that saves itself, handed in, changed until the deadline, withdrawn."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cohorts import facts, rules
from cohorts.models import (
    APPLICATION_MACHINE,
    NOMINATION_MACHINE,
    Application,
    ApplicationFile,
    Cohort,
    Decision,
)
from cohorts.parts import Part
from cohorts.queries.invitation import is_named_late, open_nomination
from cohorts.queries.people import facilitating_members
from cohorts.queries.selection_plans import questions_for
from cohorts.queries.teams import team_of
from cohorts.questions import FileAnswer, Kind, Question, asked
from cohorts.rules import Answers
from cohorts.services.expectations import keep_version
from cohorts.services.reviews import spread_reviews
from cohorts.services.teams import ask_team, begin_team, forget_team
from partners.queries.people import partner_user_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.kinds import FactKind
from prm.activity.services import record
from prm.addresses import address
from prm.files.services import discard, store_upload
from prm.outbox.notifications import notify
from prm.outbox.services import post
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.prepared import prepared


@transaction.atomic
def save_draft(
    *, cohort: Cohort, membership: Membership, answers: Answers, actor: Actor | None = None, now: datetime
) -> Application:
    """Keep what somebody has typed so far. What was handed in is left alone: it changes by `submit_application` only.

    Raises `Refused` where this member cannot apply, and for a file that is not taken.
    """
    application = _locked(cohort, membership)
    is_late = not cohort.takes_applications(now) and is_named_late(cohort, membership)
    refuse_if(
        rules.application_problems(
            cohort=cohort, membership=membership, application=application, now=now, is_late=is_late
        )
    )
    application = application or _begin(cohort, membership, now)
    if application.state in (Application.State.DRAFT, Application.State.WITHDRAWN):
        asked_now = asked(questions_for(cohort))
        _write(application, _stored(application, asked_now, answers, actor or Actor.of(membership), now), now)
    return application


@transaction.atomic
def begin_application(*, cohort: Cohort, membership: Membership, now: datetime) -> Application:
    """Begin an application before anything is written in it, to put a team together. Raises `Refused` where this member
    cannot apply.
    """
    application = _locked(cohort, membership)
    is_late = not cohort.takes_applications(now) and is_named_late(cohort, membership)
    refuse_if(
        rules.application_problems(
            cohort=cohort, membership=membership, application=application, now=now, is_late=is_late
        )
    )
    return application or _begin(cohort, membership, now)


@transaction.atomic
def submit_application(
    *,
    actor: Actor,
    cohort: Cohort,
    membership: Membership,
    answers: Answers,
    read_version: int | None = None,
    now: datetime,
) -> Application:
    """Hand an application in, or change one that was handed in and is not decided.

    The agreement is about the expectations as they are now; `read_version` is the number of those that were shown.
    Where seats are for teams, the colleagues who are named are asked now. Raises `Refused` with what
    `rules.application_problems` says about cohort, person and answers, or expectations, too_few, elsewhere.
    """
    application = _locked(cohort, membership)
    is_late = not cohort.takes_applications(now) and is_named_late(cohort, membership)
    refuse_if(
        rules.application_problems(
            cohort=cohort, membership=membership, application=application, now=now, is_late=is_late
        )
    )
    version = keep_version(program=cohort.program, now=now)
    if read_version not in (None, version.number):
        text = _("What is expected has changed while you were writing. Please read it once more.")
        raise Refused(Problem("expectations", text, field="agrees"))
    application = application or _begin(cohort, membership, now)
    application.agreed_to = version
    asked_now = asked(questions_for(cohort))
    answers = _stored(application, asked_now, answers, actor, now)
    refuse_if(
        rules.application_problems(
            cohort=cohort,
            membership=membership,
            application=application,
            now=now,
            answers=answers,
            questions=asked_now,
            is_late=is_late,
        )
    )
    if application.state == Application.State.SUBMITTED:
        _write(application, answers, now)
        return application
    nomination = open_nomination(cohort, membership)
    said = {**_said(application, answers, now), "submitted_at": now}
    APPLICATION_MACHINE.move(application, "submit", nomination=nomination or application.nomination, **said)
    if nomination is not None:
        NOMINATION_MACHINE.move(nomination, "apply", answered_at=now)
    if cohort.uses(Part.TEAMS) and (team := begin_team(application=application, membership=membership, now=now)):
        ask_team(actor=actor, team=team, membership=membership, now=now)
    _record(facts.APPLIED, application, membership, now)
    _tell(application, membership, cohort, now)
    spread_reviews(cohort=cohort, now=now)
    return application


@transaction.atomic
def withdraw_application(*, actor: Actor, application: Application, membership: Membership, now: datetime) -> None:
    """Take an application back before it is decided; a drafted decision goes with it. What was written stays, and so
    does the list of a team, whose people are told.

    Raises `Refused`: decided, withdrawn.
    """
    locked = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    refuse_if(rules.withdrawal_problems(locked))
    was_handed_in = locked.state == Application.State.SUBMITTED
    APPLICATION_MACHINE.move(application, "withdraw", held_at=None)
    Decision.objects.drafted().filter(application=application).delete()
    if (team := team_of(application)) is not None:
        forget_team(team=team, now=now)
    if was_handed_in:
        _record(facts.APPLICATION_WITHDRAWN, application, membership, now)


def _locked(cohort: Cohort, membership: Membership) -> Application | None:
    return _held.first(cohort.pk, membership.pk)


@prepared
def _held(cohort_id: int, membership_id: int) -> QuerySet[Application]:
    rows: QuerySet[Application] = Application.objects.filter(cohort=cohort_id, membership=membership_id)
    return rows.select_for_update(no_key=True)


def _begin(cohort: Cohort, membership: Membership, now: datetime) -> Application:
    """The member's row, made where it is missing: of two tabs that begin at once both get the same."""
    user = partner_user_of(membership)
    fresh = Application(
        cohort=cohort, membership=membership, partner=user.partner if user else None, created_at=now, saved_at=now
    )
    Application.objects.bulk_create([fresh], ignore_conflicts=True)
    found = _locked(cohort, membership)
    assert found is not None
    if cohort.uses(Part.TEAMS):
        begin_team(application=found, membership=membership, now=now)
    return found


def _stored(
    application: Application, asked_now: Sequence[Question], answers: Answers, actor: Actor, now: datetime
) -> Answers:
    """The answers with the files that are chosen now stored, those of before, and what is asked no longer."""
    files = _files(application) if any(question.kind == Kind.FILE for question in asked_now) else {}
    values = {key: value for key, value in application.answers.items() if key not in {row.key for row in asked_now}}
    values |= {row.key: answers.values[row.key] for row in asked_now if row.key in answers.values}
    for question in asked_now:
        if question.kind == Kind.FILE and question.key in answers.uploads:
            values[question.key] = _replace(application, question.key, files.get(question.key), answers, actor, now)
        elif question.kind == Kind.FILE and question.key in files:
            file = files[question.key].file
            values[question.key] = FileAnswer(file.public_id, file.name).kept()
    return replace(answers, values=values, uploads={})


def _files(application: Application) -> dict[str, ApplicationFile]:
    return {row.key: row for row in ApplicationFile.objects.filter(application=application).select_related("file")}


def _replace(
    application: Application, key: str, former: ApplicationFile | None, answers: Answers, actor: Actor, now: datetime
) -> dict[str, str]:
    """Store a file in the place of the one that answered the question before."""
    try:
        stored = store_upload(actor=actor, upload=answers.uploads[key], now=now)
    except Refused as refusal:
        raise Refused([replace(problem, field=key) for problem in refusal.problems]) from refusal
    if former is not None:
        former.delete()
        discard(stored=former.file)
    ApplicationFile.objects.create(application=application, key=key, file=stored)
    return FileAnswer(stored.public_id, stored.name).kept()


def _write(application: Application, answers: Answers, now: datetime) -> None:
    said = _said(application, answers, now)
    for name, value in said.items():
        setattr(application, name, value)
    application.save(update_fields=list(said))


def _said(application: Application, answers: Answers, now: datetime) -> dict[str, Any]:
    """What is written of an application, by its fields."""
    return {
        "answers": dict(answers.values),
        "agrees": answers.agrees,
        "agreed_to": application.agreed_to,
        "saved_at": now,
        "revision": application.revision + 1,
    }


def _record(kind: FactKind, application: Application, membership: Membership, now: datetime) -> None:
    record(
        kind=kind,
        at=now,
        partner_id=application.partner_id,
        person_id=membership.person_id,
        object_id=application.cohort_id,
    )


def _tell(application: Application, membership: Membership, cohort: Cohort, now: datetime) -> None:
    # The slot is the moment: who withdraws and applies again hears again that it arrived.
    post(
        kind="cohorts.application_received",
        subject_id=application.pk,
        slot=f"{now:%Y%m%d%H%M%S%f}",
        recipient=membership,
        now=now,
    )
    title = _line(membership, cohort)
    url = address("application_list", cohort.public_id)
    for colleague in facilitating_members(cohort):
        notify(membership=colleague, kind="cohorts.application_received", title=title, url=url, now=now)


def _line(membership: Membership, cohort: Cohort) -> str:
    return _("%(person)s applied for %(cohort)s") % {"person": membership.person, "cohort": cohort.title}
