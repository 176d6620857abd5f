"""The pieces that jobs of imports are done in: checking, applying, taking back."""

from prm.imports.models import Import
from prm.imports.schema import import_schemas
from prm.imports.work.applying import apply_some
from prm.imports.work.checking import check_all, check_row, check_some
from prm.imports.work.counting import recount
from prm.imports.work.undoing import undo_some
from prm.jobs.models import Job

__all__ = ["apply_some", "check_all", "check_row", "check_some", "page", "recount", "undo_some"]


def page(job: Job) -> str:
    row_import = Import.objects.get(pk=job.parameters["import"])
    return import_schemas.get(row_import.schema).page(row_import)
