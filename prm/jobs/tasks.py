from typing import Any

from celery import shared_task


@shared_task(name="jobs.run")
def run(organization_id: int, **_later: Any) -> None:
    """Work on the organization's jobs that are due. May run late and twice."""
    from prm.jobs.worker import run_jobs
    from prm.tenancy.models import Organization

    run_jobs(Organization.objects.get(pk=organization_id))
