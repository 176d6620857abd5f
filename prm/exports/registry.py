from django.utils.translation import gettext_lazy as _

from prm.addresses import address
from prm.exports import services
from prm.exports.kinds import export_kinds
from prm.exports.models import Export
from prm.exports.organization import OrganizationExport
from prm.jobs.kinds import JobKind, job_kinds
from prm.jobs.models import Job
from prm.outbox.planning import Planner, planners


def _page(job: Job) -> str:
    found = Export.objects.filter(pk=job.parameters["export"]).first()
    return address("export_detail", found.public_id) if found else ""


export_kinds.register(OrganizationExport())
job_kinds.register(JobKind("exports.write", services.write_some, _("Writing an export"), _page))
planners.register(Planner("exports.expire", services.expire_exports))
