from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.models import Cohort, Homework, Seat
from cohorts.rules.roles import rights_of
from prm.problems import Problem


def homework_problems(
    *, cohort: Cohort, due_at: datetime, now: datetime, due_changed: bool = True, is_there: bool = False
) -> list[Problem]:
    """Why this homework cannot be set. One that is over may still get a better brief.

    `is_there` says that the cohort has one of the same title until the same moment.
    """
    if cohort.state in Cohort.ENDED:
        return [Problem("over", _("This cohort is over."))]
    if due_changed and due_at <= now:
        return [Problem("past", _("The due date lies in the past."), field="due_on")]
    if is_there:
        return [Problem("there", _("This homework is set already."), field="title")]
    return []


def submission_problems(*, cohort: Cohort, seat: Seat | None, has_content: bool) -> list[Problem]:
    """Why this cannot be handed in. Late is marked, never refused, while the cohort is not over."""
    if seat is None or seat.state != Seat.State.CONFIRMED or not rights_of(seat).hands_in:
        return [Problem("no_seat", _("Only participants hand in homework."))]
    if cohort.state in Cohort.ENDED:
        return [Problem("over", _("This cohort is over: nothing can be handed in any more."))]
    if not has_content:
        return [Problem("empty", _("Write something, paste a link or add a file."), field="text")]
    return []


def deletion_problems(homework: Homework, submissions: int) -> list[Problem]:
    if submissions:
        return [Problem("handed_in", _("Somebody has handed in “%(title)s”: it stays.") % {"title": homework.title})]
    return []
