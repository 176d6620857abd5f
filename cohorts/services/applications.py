"""Applying for a cohort: a draft that saves itself, handed in, changed until the deadline, withdrawn."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cohorts import facts, rules
from cohorts.models import (
    APPLICATION_MACHINE,
    NOMINATION_MACHINE,
    Application,
    Cohort,
    Decision,
    Nomination,
)
from cohorts.queries.people import facilitating_members
from cohorts.rules import Answers
from partners.queries.people import partner_user_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.kinds import FactKind
from prm.activity.services import record
from prm.addresses import address
from prm.outbox.notifications import notify
from prm.outbox.services import post
from prm.problems import refuse_if


@transaction.atomic
def save_draft(*, cohort: Cohort, membership: Membership, answers: Answers, now: datetime) -> Application:
    """Keep what somebody has typed so far. What was handed in is left alone: it changes by `submit_application` only.

    Raises `Refused` where this member cannot apply.
    """
    application = _locked(cohort, membership)
    refuse_if(rules.application_problems(cohort=cohort, membership=membership, application=application, now=now))
    application = application or _begin(cohort, membership, now)
    if application.state in (Application.State.DRAFT, Application.State.WITHDRAWN):
        _write(application, answers, now)
    return application


@transaction.atomic
def submit_application(
    *, actor: Actor, cohort: Cohort, membership: Membership, answers: Answers, now: datetime
) -> Application:
    """Hand an application in, or change one that was handed in and is not decided.

    Raises `Refused` with what `rules.application_problems` says about cohort, person and answers.
    """
    application = _locked(cohort, membership)
    refuse_if(
        rules.application_problems(
            cohort=cohort, membership=membership, application=application, now=now, answers=answers
        )
    )
    application = application or _begin(cohort, membership, now)
    _write(application, answers, now)
    if application.state == Application.State.SUBMITTED:
        return application
    nomination = Nomination.objects.open().filter(cohort=cohort, membership=membership).first()
    APPLICATION_MACHINE.move(application, "submit", submitted_at=now, nomination=nomination or application.nomination)
    if nomination is not None:
        NOMINATION_MACHINE.move(nomination, "apply", answered_at=now)
    _record(facts.APPLIED, application, membership, now)
    _tell(application, membership, cohort, now)
    return application


@transaction.atomic
def withdraw_application(*, actor: Actor, application: Application, membership: Membership, now: datetime) -> None:
    """Take an application back before it is decided; a drafted decision goes with it. What was written stays.

    Raises `Refused`: decided, withdrawn.
    """
    locked = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    refuse_if(rules.withdrawal_problems(locked))
    was_handed_in = locked.state == Application.State.SUBMITTED
    APPLICATION_MACHINE.move(application, "withdraw")
    Decision.objects.drafted().filter(application=application).delete()
    if was_handed_in:
        _record(facts.APPLICATION_WITHDRAWN, application, membership, now)


def _locked(cohort: Cohort, membership: Membership) -> Application | None:
    rows = Application.objects.filter(cohort=cohort, membership=membership)
    return rows.select_for_update(no_key=True).first()


def _begin(cohort: Cohort, membership: Membership, now: datetime) -> Application:
    """The member's row, made where it is missing: of two tabs that begin at once both get the same."""
    user = partner_user_of(membership)
    fresh = Application(
        cohort=cohort, membership=membership, partner=user.partner if user else None, created_at=now, saved_at=now
    )
    Application.objects.bulk_create([fresh], ignore_conflicts=True)
    found = _locked(cohort, membership)
    assert found is not None
    return found


def _write(application: Application, answers: Answers, now: datetime) -> None:
    application.why, application.project = answers.why, answers.project
    application.experience, application.agrees = answers.experience, answers.agrees
    application.avoids = answers.avoids
    application.saved_at = now
    application.revision += 1
    application.save(update_fields=["why", "project", "experience", "agrees", "avoids", "saved_at", "revision"])


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
