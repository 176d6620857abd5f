"""Whether the process is alive, and whether everything it needs is there."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from prm.accounts.access import public
from prm.web.health import findings
from prm.web.metrics import exposition


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


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, with METRICS_TOKEN as bearer token; unknown to everybody else, and where none is set.

    The embedded set-up shows it without.
    """
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    is_known = bool(settings.METRICS_TOKEN) and constant_time_compare(given, expected)
    if not is_known and not (settings.DEV_PAGES and not settings.METRICS_TOKEN):
        raise Http404
    return HttpResponse(exposition(timezone.now()), content_type="text/plain; version=0.0.4; charset=utf-8")
