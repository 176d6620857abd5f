"""Working on an organization's jobs, piece by piece.

Each piece is two transactions: the first counts the attempt, so that work which kills its worker is given up in the
end; the second holds the job's row locked while `run` works, so that no two workers do the same piece, and saves what
came of it. A worker that dies leaves the row unlocked, and the wakeup's lease brings another one.
"""

import logging
import time
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from prm.jobs.kinds import job_kinds
from prm.jobs.models import Job
from prm.jobs.states import JOB
from prm.problems import Refused
from prm.tenancy import wakeups
from prm.tenancy.models import Organization
from prm.tenancy.scope import current_organization, scope

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
# After this a worker turns to other organizations; what is left is due at once.
TURN_SECONDS = 45.0


def run_jobs(organization: Organization, turn: float = TURN_SECONDS) -> int:
    """Work on what is due in the organization for a turn of some seconds; returns the number of pieces done.

    Does nothing where another worker is at it.
    """
    if not wakeups.take("jobs", organization, timezone.now()):
        return 0
    pieces, stop_at = 0, time.monotonic() + turn
    while time.monotonic() < stop_at and work_piece(organization, timezone.now()):
        pieces += 1
    with scope(organization):
        following = Job.objects.unfinished().order_by("not_before").first()
    wakeups.settle("jobs", organization, following.not_before if following else None)
    if following and following.not_before <= timezone.now():
        with scope(organization):
            wakeups.wake("jobs", timezone.now())
    return pieces


def work_piece(organization: Organization, now: datetime) -> bool:
    """Do one piece of the job that waits longest; whether there was one."""
    with scope(organization):
        due = Job.objects.unfinished().filter(not_before__lte=now).order_by("not_before", "id")
        job = due.select_for_update(skip_locked=True).first()
        if job is None:
            return False
        _begin(job, now)
    if not job.is_finished:
        with scope(organization):
            mine = Job.objects.unfinished().filter(pk=job.pk).select_for_update(skip_locked=True).first()
            if mine is not None:
                _work(mine, now)
    return True


def _begin(job: Job, now: datetime) -> None:
    if job.attempts >= MOST_ATTEMPTS:
        _fail(job, _("It was given up after %(times)s tries.") % {"times": MOST_ATTEMPTS}, now)
    else:
        JOB.move(job, "run", attempts=job.attempts + 1)


def _work(job: Job, now: datetime) -> None:
    before = job.done
    try:
        with transaction.atomic(), _language(job):
            job_kinds.get(job.kind).run(job)
    except Refused as refusal:
        job.refresh_from_db()
        _fail(job, str(refusal), now)
    except Exception as error:
        logger.exception("job %s %s: attempt %s failed", job.kind, job.pk, job.attempts)
        job.refresh_from_db()
        _try_again(job, type(error).__name__, now)
    else:
        _save(job, before, now)


def _save(job: Job, before: int, now: datetime) -> None:
    if job.done < job.total and job.done <= before:
        _try_again(job, "it made no progress", now)
        return
    job.attempts, job.not_before = 0, now
    job.save()
    if job.done >= job.total:
        JOB.move(job, "finish", finished_at=now)


def _try_again(job: Job, reason: str, now: datetime) -> None:
    if job.attempts >= MOST_ATTEMPTS:
        _fail(job, _("It did not work after %(times)s tries.") % {"times": MOST_ATTEMPTS}, now)
        return
    job.not_before = now + timedelta(seconds=5 * 3 ** (job.attempts - 1))
    job.save(update_fields=["not_before"])
    logger.warning("job %s %s is tried again at %s: %s", job.kind, job.pk, job.not_before, reason)


def _fail(job: Job, words: str, now: datetime) -> None:
    job.add_error(message=words)
    JOB.move(job, "fail", errors=job.errors, finished_at=now)


def _language(job: Job) -> AbstractContextManager[None]:
    """Words that a job writes down are read by the one who started it."""
    own = job.created_by.person.language if job.created_by else ""
    return translation.override(own or current_organization().language)
