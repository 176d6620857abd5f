"""Asking again who somebody is, before what cannot be taken back."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate, get_reauthentication_flows
from allauth.mfa.models import Authenticator
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseBase
from django.shortcuts import resolve_url


def recently_proven[**P](
    view: Callable[Concatenate[Any, P], HttpResponseBase],
) -> Callable[Concatenate[Any, P], HttpResponseBase]:
    """Send those who have a password or a second factor to enter it, unless they just did. Comes below the access.

    Without either there is nothing to ask for: the sign-in itself was a code that came by mail.
    """

    @wraps(view)
    def proven(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        # Asked here by one query, where the flows take one for each kind of second factor.
        has_way = request.user.has_usable_password() or Authenticator.objects.filter(user=request.user).exists()
        if not has_way or did_recently_reauthenticate(request):
            return view(request, *args, **kwargs)
        flows = get_reauthentication_flows(request.user)
        name = "account_reauthenticate" if flows[0]["id"] == "reauthenticate" else "mfa_reauthenticate"
        return redirect_to_login(request.get_full_path(), login_url=resolve_url(name))

    return proven
