"""Starting a job, and working on it piece by piece."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.jobs.kinds import JobKind, job_kinds
from prm.jobs.models import Job
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


def actor_of(job: Job) -> Actor:
    """Who started the job, as who it acts."""
    if job.created_by_id is None:
        return Actor.system(job.kind)
    return Actor.of(Membership.objects.by_id(job.created_by_id))
