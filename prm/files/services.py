"""Storing what people upload."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from prm.accounts.actors import Actor
from prm.files import storage
from prm.files.inspection import UnreadableImage, content_problem, redrawn
from prm.files.models import StoredFile
from prm.files.names import normalized
from prm.files.types import DOCUMENTS, IMAGES, TYPES, FileType
from prm.problems import Problem, Refused
from prm.tenancy.scope import current_organization

_LONGEST_SIDE = 2400


def store_upload(
    *, actor: Actor, upload: "UploadedFile[bytes]", allow: frozenset[str] = DOCUMENTS | IMAGES, now: datetime
) -> StoredFile:
    """Store a file whose extension is among `allow` and whose content is what the extension says.

    Pictures are drawn anew. Raises `Refused` on the field `file`, with the file's name and the reason.
    """
    name = normalized(upload.name or "")
    wanted = _wanted_type(name, upload, allow)
    if wanted.is_image:
        return _store_picture(actor, upload, name, _LONGEST_SIDE, now)
    return _store(actor, name, wanted.content_type, upload.chunks(), now)


def store_image(
    *, actor: Actor, upload: "UploadedFile[bytes]", now: datetime, longest_side: int = _LONGEST_SIDE
) -> StoredFile:
    """Store a picture, drawn anew and at most `longest_side` pixels wide or high. Raises `Refused` as above."""
    name = normalized(upload.name or "")
    _wanted_type(name, upload, IMAGES)
    return _store_picture(actor, upload, name, longest_side, now)


def store_bytes(*, actor: Actor, name: str, content_type: str, content: bytes, now: datetime) -> StoredFile:
    """Store what the application itself made (an export, a certificate)."""
    return _store(actor, normalized(name), content_type, [content], now)


def store_chunks(*, actor: Actor, name: str, content_type: str, chunks: Iterable[bytes], now: datetime) -> StoredFile:
    """Store what the application itself made, too large to be held at once."""
    return _store(actor, normalized(name), content_type, chunks, now)


def discard(*, stored: StoredFile) -> None:
    """Delete a file that nothing refers to any longer: the row now, the bytes when that is committed."""
    key = stored.key
    stored.delete()
    transaction.on_commit(lambda: storage.remove(key), robust=True)


def empty(*, stored: StoredFile) -> None:
    """Delete what is in a file that rows still refer to; it answers as one that is not there."""
    StoredFile.objects.filter(pk=stored.pk).update(size=0)
    transaction.on_commit(lambda: storage.remove(stored.key), robust=True)


def _wanted_type(name: str, upload: "UploadedFile[bytes]", allow: frozenset[str]) -> FileType:
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    wanted = TYPES.get(extension) if extension in allow else None
    if wanted is None:
        taken = ", ".join(sorted(allow & TYPES.keys()))
        raise _refusal(
            "file_type", name, _("files of this type are not taken; these are: %(types)s") % {"types": taken}
        )
    declared = (upload.content_type or "").split(";")[0].strip().lower()
    if not wanted.may_be_declared(declared):
        reason = _("it was sent as “%(type)s”, which is not what “.%(extension)s” says")
        raise _refusal("file_type", name, reason % {"type": declared, "extension": extension})
    if (upload.size or 0) > wanted.most_bytes:
        reason = _("it is larger than %(most)s MB") % {"most": wanted.most_bytes // 2**20}
        raise _refusal("file_size", name, reason)
    if problem := content_problem(upload, wanted):
        raise _refusal("file_content", name, problem)
    return wanted


def _store_picture(
    actor: Actor, upload: "UploadedFile[bytes]", name: str, longest_side: int, now: datetime
) -> StoredFile:
    try:
        content, content_type, extension = redrawn(upload, longest_side)
    except UnreadableImage as error:
        raise _refusal("file_content", name, str(error)) from error
    return _store(actor, f"{name.rpartition('.')[0]}.{extension}", content_type, [content], now)


def _store(actor: Actor, name: str, content_type: str, chunks: Iterable[bytes], now: datetime) -> StoredFile:
    organization = current_organization()
    storage.clear_orphans(organization.pk, now, lambda key: StoredFile.objects.filter(key=key).exists())
    written = storage.write(organization.pk, chunks, now)
    if StoredFile.objects.all().total_size() + written.size > settings.FILES_QUOTA_BYTES:
        storage.remove(written.key)
        storage.confirm(written.key)
        raise _refusal("file_quota", name, _("the organization's space for files is used up"))
    stored = StoredFile.objects.create(
        key=written.key,
        name=name,
        size=written.size,
        content_type=content_type,
        sha256=written.sha256,
        uploaded_by_id=actor.membership_id,
        created_at=now,
    )
    transaction.on_commit(lambda: storage.confirm(written.key), robust=True)
    return stored


def _refusal(code: str, name: str, reason: str) -> Refused:
    message = _("“%(name)s” was not stored: %(reason)s.") % {"name": name, "reason": reason}
    return Refused(Problem(code, message, field="file"))
