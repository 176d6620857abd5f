"""What would go out when: planners and sender run for a moment. In the embedded set-up and tests only."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from prm.accounts.access import public
from prm.accounts.requests import Request
from prm.outbox.moments import run_moment
from prm.web.clock_forms import ClockForm
from prm.web.rendering import render_page


@public
@require_http_methods(["GET", "HEAD", "POST"])
def dev_clock(request: Request) -> HttpResponse:
    form = ClockForm(request.POST or None, initial={"at": request.now})
    happenings = None
    if form.is_valid():
        happenings = run_moment(form.cleaned_data["at"])
    context = {"form": form, "happenings": happenings, "at": form.cleaned_data.get("at") if form.is_bound else None}
    return render_page(request, "web/dev/clock.html", context, status=422 if form.errors else 200)
