"""Stored files, by links that were made for one member a moment ago."""

from django.http import Http404, HttpResponseBase
from django.views.decorators.http import require_safe

from prm.accounts.access import member
from prm.accounts.requests import Request
from prm.files.models import StoredFile
from prm.files.serving import file_response, read_link


@member
@require_safe
def file_download(request: Request, public_id: str, token: str) -> HttpResponseBase:
    """The page that offered the file has decided; the link proves it, to this member and for a minute."""
    try:
        stored = StoredFile.objects.all().by_public_id(public_id)
    except StoredFile.DoesNotExist:
        raise Http404 from None
    inline = read_link(stored, request.membership, token)
    return file_response(stored, request, inline=inline)
