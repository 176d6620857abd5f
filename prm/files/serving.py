"""Answering with a stored file. Whether the asker may have it is decided before, by the page that offers it."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from prm.accounts.models import Membership
from prm.addresses import address
from prm.files import storage
from prm.files.models import StoredFile

LINK_SECONDS = 60
_SALT = "canopy.file"
_CHUNK = 64 * 1024
_RANGE = re.compile(r"\Abytes=(\d*)-(\d*)\Z")


def file_response(stored: StoredFile, request: HttpRequest, *, inline: bool = False) -> HttpResponseBase:
    """The file as a download; `inline` shows it inside a page, which is granted to redrawn pictures only.

    With FILES_ACCEL_LOCATION set nginx sends the bytes. Raises Http404 where they are missing.
    """
    path = storage.path_of(stored.key)
    if settings.FILES_ACCEL_LOCATION:
        response: HttpResponseBase = HttpResponse()
        response["X-Accel-Redirect"] = f"{settings.FILES_ACCEL_LOCATION.rstrip('/')}/{stored.key}"
    elif not path.is_file():
        raise Http404
    else:
        response = _streamed(path, stored, request)
    response["Content-Type"] = stored.content_type
    disposition = content_disposition_header(not (inline and stored.is_image), stored.name)
    response["Content-Disposition"] = disposition or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _streamed(path: Path, stored: StoredFile, request: HttpRequest) -> HttpResponseBase:
    size = path.stat().st_size
    etag = f'"{stored.sha256[:32]}"'
    wanted = _wanted_range(request, size, etag)
    if wanted is None:
        start, stop, status = 0, size, 200
    elif wanted[0] >= wanted[1]:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        (start, stop), status = wanted, 206
    response = StreamingHttpResponse(_chunks(path, start, stop), status=status)
    response["Content-Length"] = str(stop - start)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    if status == 206:
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return response


def _wanted_range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """The half-open range of bytes that is asked for; None for the whole file, an empty one for what cannot be had."""
    found = _RANGE.match(request.headers.get("Range", ""))
    if not found or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = found.groups()
    if first:
        return int(first), min(int(last) + 1, size) if last else size
    return (max(size - int(last), 0), size) if last else None


def _chunks(path: Path, start: int, stop: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = stop - start
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk


def signed_address(stored: StoredFile, membership: Membership, *, inline: bool = False) -> str:
    """A link to the file for this member, good for a minute. Make it right after the check that they may have it."""
    value = f"{stored.pk}:{membership.pk}:{int(inline)}"
    return address("file_download", stored.public_id, signing.TimestampSigner(salt=_SALT).sign(value))


def read_link(stored: StoredFile, membership: Membership, token: str) -> bool:
    """Whether the link asks for the file inline. Raises Http404 for a link that is wrong, foreign or too old."""
    try:
        value = signing.TimestampSigner(salt=_SALT).unsign(token, max_age=LINK_SECONDS)
    except signing.BadSignature:
        raise Http404 from None
    file_id, membership_id, inline = value.split(":")
    if (file_id, membership_id) != (str(stored.pk), str(membership.pk)):
        raise Http404
    return inline == "1"
