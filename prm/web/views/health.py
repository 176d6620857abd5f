"""Whether the process is alive, and whether everything it needs is there."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from prm.accounts.access import public
from prm.web.health import findings


@public
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; asks nothing of anybody else."""
    return JsonResponse({"ok": True})


@public
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part works, 503 with the parts that do not."""
    found = findings(timezone.now())
    ready = all(finding.ok for finding in found.values())
    parts = {name: {"ok": finding.ok, "detail": finding.detail} for name, finding in found.items()}
    return JsonResponse({"ok": ready, "parts": parts}, status=200 if ready else 503)
