"""What participants say about how they take part: goal, promise to the others, what they agree to."""

from datetime import datetime
from typing import Any

from django.db import transaction

from cohorts import rules
from cohorts.models import Cohort, Participation
from cohorts.queries.people import seat_of
from cohorts.queries.recap_words import promise_of
from cohorts.services.recap_drafts import follow_words
from prm.accounts.models import Membership
from prm.problems import refuse_if
from prm.tenancy.editing import update_if_unchanged


@transaction.atomic
def write_goal(
    *,
    cohort: Cohort,
    membership: Membership,
    revision: int,
    goal: str,
    commitment: str,
    is_quotable: bool = False,
    now: datetime,
) -> Participation:
    """Keep a participant's goal and promise; `revision` 0 before their first word.

    A recap that is not sent yet follows: it names the person only while they agree (`is_quotable`), and loses what they
    take back. Raises `Refused`: no_seat, changed_meanwhile.
    """
    refuse_if(rules.participant_problems(seat_of(membership, cohort)))
    row = _of(cohort, membership)
    before, promise = promise_of(cohort, membership), commitment.strip()
    promised_at = row.committed_at if promise == row.commitment else now if promise else None
    words = {"goal": goal.strip(), "commitment": promise, "is_quotable": is_quotable, "committed_at": promised_at}
    update_if_unchanged(row, revision or 1, **words)
    follow_words(cohort=cohort, before=before, after=promise_of(cohort, membership), now=now)
    return row


@transaction.atomic
def show_afterwards(*, cohort: Cohort, membership: Membership, shows: bool, now: datetime) -> None:
    """Let the others find one when the cohort is over, or no longer. Raises `Refused`: no_seat."""
    _say(cohort, membership, shows_after=shows)


@transaction.atomic
def watch_orientation(*, cohort: Cohort, membership: Membership, now: datetime) -> None:
    """The participant says that they have watched it. Raises `Refused`: no_seat."""
    _say(cohort, membership, orientation_at=now)


@transaction.atomic
def accept_rule(*, cohort: Cohort, membership: Membership, version: int, now: datetime) -> None:
    """Accept the room's rule in the version that was read. Raises `Refused`: no_seat, changed."""
    refuse_if(rules.rule_problems(cohort=cohort, seat=seat_of(membership, cohort), version=version))
    _say(cohort, membership, rule_version=version, rule_accepted_at=now)


@transaction.atomic
def agree_to_recording(*, cohort: Cohort, membership: Membership, agrees: bool, now: datetime) -> None:
    """Whether sessions with this person may be recorded; both answers are fine. Raises `Refused`: no_seat."""
    _say(cohort, membership, may_record=agrees, recording_said_at=now)


def _say(cohort: Cohort, membership: Membership, **values: Any) -> None:
    refuse_if(rules.participant_problems(seat_of(membership, cohort)))
    Participation.objects.filter(pk=_of(cohort, membership).pk).update(**values)


def _of(cohort: Cohort, membership: Membership) -> Participation:
    row: Participation = Participation.objects.get_or_create(cohort=cohort, membership=membership)[0]
    return row
