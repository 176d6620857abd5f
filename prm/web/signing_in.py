"""Signing in somebody who has just proved that an address is theirs, by a link or a code."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from prm.accounts.models import Person
from prm.accounts.queries import person_is
from prm.web.rendering import SeeOther


def sign_in_proven(request: HttpRequest, person: Person, email: str, to: str) -> HttpResponse:
    """Sign in and go on to the path `to`; somebody with a second factor is asked for it on the way.

    Whoever was signed in before in this browser is signed out first. Whoever is this person already just goes on.
    """
    if person_is(request.user, person):
        return SeeOther(to)
    if request.user.is_authenticated:
        logout(request)
    record_authentication(request, person, method="code", email=email)
    response: HttpResponse = perform_login(request, Login(user=person, redirect_url=to, email=email))
    if response.status_code in {301, 302}:
        return SeeOther(response["Location"])
    return response
