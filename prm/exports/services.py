"""Asking for an export, writing it in the background, and throwing it away after a day."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.exports.kinds import CONTENT_TYPES, ExportKind, export_kinds
from prm.exports.models import Export
from prm.files.services import discard, store_chunks
from prm.jobs.models import Job
from prm.jobs.services import actor_of, start_job
from prm.problems import Problem, Refused
from prm.tenancy.wakeups import wake

KEPT_FOR = timedelta(days=1)
_CHUNK = 256 * 1024


def begin_export(
    *, actor: Actor, kind: str, file_format: str, parameters: Mapping[str, Any], told: str = "", now: datetime
) -> Export:
    """Have an export written in the background; it is kept for a day. `told` is its filter in words, for the audit.

    Raises `Refused` with `nothing` where there is no row.
    """
    known = export_kinds.get(kind)
    total = known.total(parameters)
    if not total:
        raise Refused(Problem("nothing", _("There is nothing to export.")))
    export: Export = Export.objects.create(
        kind=known.name,
        file_format=file_format,
        parameters=dict(parameters),
        scratch=secrets.token_hex(16),
        row_count=total,
        created_by_id=actor.membership_id,
        created_at=now,
        expires_at=now + KEPT_FOR,
    )
    export.job = start_job(actor=actor, kind="exports.write", parameters={"export": export.pk}, now=now)
    export.save(update_fields=["job"])
    note(actor=actor, verb="exports.begun", obj=export, label=str(known.label), changes=_changes(total, told))
    wake("plan", export.expires_at)
    return export


def _changes(total: int, told: str) -> dict[str, list[Any]]:
    return {"rows": [0, total], **({"filter": ["", told]} if told else {})}


def write_some(job: Job) -> None:
    """Job: write the next piece; after the last one the file is stored."""
    export = Export.objects.get(pk=job.parameters["export"])
    kind, path = export_kinds.get(export.kind), _scratch(export)
    job.total = job.total or max(export.row_count, 1)
    piece = kind.write_piece(export, path, job.position)
    done = job.done + max(1, piece.done)
    job.position = piece.position or {}
    job.progress(done, done if piece.position is None else max(job.total, done + 1))
    if piece.position is None:
        _store(export, kind, path, actor_of(job))


def _scratch(export: Export) -> Path:
    """Where the export is being written, outside the folders of stored files."""
    folder = Path(settings.FILES_ROOT, str(export.organization_id), ".exports")
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    path = folder / export.scratch
    path.touch(mode=0o640)
    return path


def _store(export: Export, kind: ExportKind, path: Path, actor: Actor) -> None:
    kind.finish(export, path)
    name = f"{kind.name.replace('.', '-')}-{export.created_at:%Y-%m-%d}.{export.file_format}"
    content_type = CONTENT_TYPES[export.file_format]
    export.file = store_chunks(
        actor=actor, name=name, content_type=content_type, chunks=_chunks(path), now=timezone.now()
    )
    export.scratch = ""
    export.save(update_fields=["file", "scratch"])
    transaction.on_commit(lambda: path.unlink(missing_ok=True), robust=True)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def expire_exports(now: datetime) -> datetime | None:
    """The planner: throw away what was kept long enough, and say when the next one is."""
    _throw_away(Export.objects.filter(expires_at__lte=now))
    ahead = Export.objects.order_by("expires_at").values_list("expires_at", flat=True)
    return ahead.first()


def throw_away_all() -> None:
    """Throw every finished export away before its time: somebody who was erased may stand in it."""
    _throw_away(Export.objects.filter(file__isnull=False))


def _throw_away(exports: "QuerySet[Export, Export]") -> None:
    for export in exports.select_related("file", "job"):
        stored, path = export.file, _scratch(export) if export.scratch else None
        export.delete()
        if stored is not None:
            discard(stored=stored)
        if path is not None:
            path.unlink(missing_ok=True)
