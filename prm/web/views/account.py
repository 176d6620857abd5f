"""A person's own account, in all organizations: what they say about themselves, and where they are signed in."""

from allauth.account.models import EmailAddress
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from prm.accounts.access import signed_in
from prm.accounts.queries import memberships_of
from prm.accounts.requests import Request
from prm.accounts.services.people import change_person
from prm.accounts.services.sessions import end_session, end_sessions, living_sessions
from prm.web.devices import device_label
from prm.web.rendering import render_page, see_other, toast
from prm.web.settings_forms import ProfileForm


@signed_in
@require_http_methods(["GET", "POST"])
def profile_edit(request: Request) -> HttpResponse:
    """Name, time zone and language; and the ways to the other pages of the account."""
    person = request.user
    form = ProfileForm(
        request.POST or None, initial={"name": person.name, "zone": person.zone, "language": person.language}
    )
    if request.method == "POST" and form.is_valid():
        change_person(person=person, **form.cleaned_data)
        toast(request, _("Saved."))
        return see_other("profile_edit")
    context = {
        "form": form,
        "has_password": person.has_usable_password(),
        "has_second_factor": is_mfa_enabled(person),
        "addresses": EmailAddress.objects.filter(user=person).count(),
        "sessions": living_sessions(person=person, now=request.now).count(),
        "memberships": memberships_of(person),
    }
    return render_page(request, "web/profile_edit.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_safe
def session_list(request: Request) -> HttpResponse:
    """Every browser in which this person is signed in, the newest first."""
    sessions = living_sessions(person=request.user, now=request.now)
    present = request.session.session_key
    rows = [
        {
            "id": row.pk,
            "device": device_label(row.user_agent),
            "address": row.ip,
            "since": row.created_at,
            "is_present": row.session_key == present,
        }
        for row in sessions
    ]
    return render_page(request, "web/session_list.html", {"rows": rows})


@signed_in
@require_POST
def session_end(request: Request, number: int) -> HttpResponse:
    """Sign out one of one's own sessions."""
    end_session(person=request.user, number=number)
    toast(request, _("Signed out there."))
    return see_other("session_list")


@signed_in
@require_POST
def session_end_others(request: Request) -> HttpResponse:
    """Sign out everywhere but here."""
    ended = end_sessions(person=request.user, keep=request.session.session_key or "")
    toast(request, _("You are signed out everywhere else.") if ended else _("You were signed in nowhere else."))
    return see_other("session_list")
