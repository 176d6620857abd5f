"""Versions of what a program expects: kept word for word, announced when they change, agreed to by each person."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cohorts import rules
from cohorts.models import Application, Cohort, ExpectationsVersion, Program
from cohorts.queries.expectations import newest_version, people_to_tell
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.outbox.services import post
from prm.problems import Problem, Refused


def keep_version(*, program: Program, actor: Actor | None = None, now: datetime) -> ExpectationsVersion:
    """The version that says what the program says; a new one where the newest says something else, or there is none."""
    newest = newest_version(program)
    if newest is not None and not rules.changed_expectations(newest, program):
        return newest
    return _new_version(program, actor, now)


@transaction.atomic
def _new_version(program: Program, actor: Actor | None, now: datetime) -> ExpectationsVersion:
    # Two who come at once: the row of the program lets one through, the other finds what the first has kept.
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    newest = newest_version(program)
    if newest is not None and not rules.changed_expectations(newest, program):
        return newest
    said = {name: getattr(program, name) for name in ExpectationsVersion.FIELDS}
    version: ExpectationsVersion = ExpectationsVersion.objects.create(
        program=program,
        number=newest.number + 1 if newest else 1,
        made_by_id=actor.membership_id if actor else None,
        made_at=now,
        **said,
    )
    return version


def announce(*, version: ExpectationsVersion, now: datetime) -> int:
    """Tell everybody who agreed to other words and still waits or takes part; returns how many are told."""
    people = people_to_tell(version)
    for member in people:
        post(kind="cohorts.expectations_changed", subject_id=version.pk, recipient=member, now=now)
    return len(people)


@transaction.atomic
def agree_to_expectations(
    *, actor: Actor, cohort: Cohort, membership: Membership, number: int, now: datetime
) -> ExpectationsVersion:
    """Somebody who applied or takes part agrees to the words as they are now.

    Raises `Refused`: changed_meanwhile where `number` is not the newest version, no_application.
    """
    version = keep_version(program=cohort.program, now=now)
    if version.number != number:
        raise Refused(Problem("changed_meanwhile", _("The words have changed once more: please read them again.")))
    mine = Application.objects.of_member(membership).filter(~Q(state=Application.State.WITHDRAWN), cohort=cohort)
    if not mine.update(agrees=True, agreed_to=version):
        raise Refused(Problem("no_application", _("You have not applied for this cohort.")))
    note(actor=actor, verb="cohorts.expectations_agreed", obj=cohort)
    return version
