"""How a person is reached: chosen on a page, or by one click in a mail."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from prm.accounts.access import member, public
from prm.accounts.requests import Request
from prm.outbox import queries, services
from prm.outbox.kinds import categories
from prm.outbox.models import Message
from prm.outbox.rendering.presentation import UNSUBSCRIBE, UNSUBSCRIBE_ALL
from prm.web.faces import face_of
from prm.web.preference_forms import PreferencesForm
from prm.web.rendering import render_page, see_other, toast


@member
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: Request) -> HttpResponse:
    person = request.membership.person
    form = PreferencesForm(
        request.POST or None,
        choices=queries.category_choices(request.membership),
        quiet=queries.quiet_hours_of(request.membership),
        mails_a_week=person.mails_a_week,
    )
    if request.method == "POST" and form.is_valid():
        services.set_preferences(membership=request.membership, choices=form.chosen, now=request.now)
        services.set_quiet_hours(
            membership=request.membership,
            starts=form.cleaned_data["quiet_from"],
            ends=form.cleaned_data["quiet_until"],
        )
        if (most := form.cleaned_data["mails_a_week"]) is not None:
            services.set_mails_a_week(person=person, most=most)
        toast(request, _("Saved. It holds from now on."))
        return see_other("preferences")
    context = {"form": form, "face": face_of(request), "mails_this_week": queries.mails_this_week(person, request.now)}
    return render_page(request, "web/preferences.html", context, status=422 if form.is_bound else 200)


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: Request, token: str) -> HttpResponse:
    """The link below a mail: looking at it changes nothing, since scanners look at every link.

    A POST acts at once, without cookies and without a page before it, as mail programs ask for (RFC 8058).
    """
    message = queries.message_by_token(UNSUBSCRIBE, token)
    everything = message is None
    message = message or queries.message_by_token(UNSUBSCRIBE_ALL, token)
    if message is None:
        raise Http404
    done = request.method == "POST"
    if done and "again" in request.POST:
        services.resubscribe(message=message, now=request.now, everything=everything)
    elif done:
        services.unsubscribe(message=message, now=request.now, everything=everything)
    told = services.told_with(message) if everything else [message]
    context = {"state": _state(request, done), "category": _labels(told), "is_member": bool(message.recipient_id)}
    return render_page(request, "web/unsubscribe.html", context)


def _state(request: Request, done: bool) -> str:
    if not done:
        return "asked"
    return "back" if "again" in request.POST else "gone"


def _labels(told: list[Message]) -> str:
    """The categories of what a mail told."""
    names = {definition.category for message in told if (definition := message.definition)}
    return ", ".join(str(category.label) for category in categories.all() if category.name in names)
