"""Pages for the embedded set-up and tests only: components, the mails kept here, signing in as a demo person."""

from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from prm.accounts.access import public
from prm.accounts.models import Person
from prm.web.demo_people import demo_people
from prm.web.gallery import examples
from prm.web.mail_folder import kept_mail, kept_mails
from prm.web.rendering import SeeOther, render_page

_BACKEND = "prm.accounts.backends.AuthenticationBackend"


@public
def dev_components(request: HttpRequest) -> HttpResponse:
    """Every component in its states."""
    return render_page(request, "web/dev/components.html", examples(request))


@public
@require_safe
def dev_inbox(request: HttpRequest) -> HttpResponse:
    """The mails that stayed on this machine, newest first."""
    return render_page(request, "web/dev/inbox.html", {"mails": kept_mails()}, {"inbox": "inbox"})


@public
@require_safe
def dev_mail(request: HttpRequest, key: str) -> HttpResponse:
    """One of these mails, as HTML or as text."""
    mail = kept_mail(key)
    if mail is None:
        raise Http404
    return render_page(
        request,
        "web/dev/mail.html",
        {"mail": mail, "as_text": "text" in request.GET, "as_html": "text" not in request.GET},
    )


@public
@require_POST
def dev_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people, and nobody else."""
    wanted = request.POST.get("person", "")
    chosen = next((person for person in demo_people() if person.key == wanted), None)
    account = Person.objects.filter(email=chosen.email, is_active=True).first() if chosen else None
    if chosen is None or account is None:
        raise Http404
    logout(request)
    login(request, account, backend=_BACKEND)
    return SeeOther(chosen.url or redirect("home").url)
