from django.utils.translation import gettext_lazy as _

from prm.imports import work
from prm.jobs.kinds import JobKind, job_kinds

job_kinds.register(
    JobKind("imports.analyze", work.check_some, _("Checking a spreadsheet"), work.page),
    JobKind("imports.apply", work.apply_some, _("Importing a spreadsheet"), work.page),
    JobKind("imports.undo", work.undo_some, _("Taking an import back"), work.page),
)
