"""Starting a job, and beginning one anew that failed. What works on them is prm.jobs.worker."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.jobs.kinds import JobKind, job_kinds
from prm.jobs.models import Job
from prm.jobs.states import JOB
from prm.tenancy.wakeups import wake


def start_job(*, actor: Actor, kind: JobKind | str, parameters: Mapping[str, Any], now: datetime) -> Job:
    """Queue work of this kind in the current organization; it begins when the transaction around it is committed."""
    known = job_kinds.get(kind if isinstance(kind, str) else kind.name)
    job = Job.objects.create(
        kind=known.name,
        parameters=dict(parameters),
        not_before=now,
        created_by_id=actor.membership_id,
        created_at=now,
    )
    wake("jobs", now)
    return job


def retry_job(*, job: Job, now: datetime) -> None:
    """Have a job that failed go on from where its last piece ended. Raises `Refused` when it has not failed."""
    JOB.move(job, "retry", attempts=0, errors=[], not_before=now, finished_at=None)
    wake("jobs", now)


def actor_of(job: Job) -> Actor:
    """Who started the job, as who it acts."""
    if job.created_by_id is None:
        return Actor.system(job.kind)
    return Actor.of(Membership.objects.by_id(job.created_by_id))
