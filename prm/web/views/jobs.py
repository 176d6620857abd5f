"""Work in the background: how far it is and what came of it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from prm.accounts.access import member
from prm.accounts.requests import Request
from prm.jobs.kinds import job_kinds
from prm.jobs.models import Job
from prm.jobs.rules import may_see
from prm.jobs.services import retry_job
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@member
@require_safe
def job_detail(request: Request, public_id: str) -> HttpResponse:
    context = _context(_job(request, public_id))
    context["base"] = "studio/base.html" if request.membership.is_staff else "portal/base.html"
    return render_page(request, "web/job_detail.html", context, {"job": "job"})


@member
@require_POST
def job_retry(request: Request, public_id: str) -> HttpResponse:
    job = _job(request, public_id)
    try:
        retry_job(job=job, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal))
    return see_other("job_detail", job.public_id)


def _job(request: Request, public_id: str) -> Job:
    job = Job.objects.filter(public_id=public_id).first()
    if job is None or not may_see(job, request.membership):
        raise Http404
    return job


def _context(job: Job) -> dict[str, Any]:
    kind = job_kinds.get(job.kind)
    return {"job": job, "label": kind.label or kind.name, "next_page": kind.page(job) if job.state == "done" else ""}
