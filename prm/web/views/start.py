"""Starting an organization: who, a code by mail, who the partners are, how it looks."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from prm.accounts import codes
from prm.accounts.access import public, studio
from prm.accounts.models import Person
from prm.accounts.requests import Request, visitor
from prm.accounts.services.organizations import change_organization, start_organization
from prm.accounts.services.people import welcome_person
from prm.addresses import address
from prm.outbox.services import post_account_mail
from prm.problems import Refused
from prm.web import starters
from prm.web.guesses import guessed_fiscal_month, guessed_zone
from prm.web.limits import Limit, limited, network_address
from prm.web.rendering import render_page, see_other, toast
from prm.web.signing_in import sign_in_proven
from prm.web.start_forms import CodeForm, CompanyForm, PartnersForm, StartForm

PURPOSE = "start"
PENDING = "start"
BY_VISITOR = Limit("start.visitor", 20, per=3600)
BY_EMAIL = Limit("start.email", 5, per=3600)
TRIES_BY_VISITOR = Limit("start.tries", 40, per=3600)
OWN_ORGANIZATIONS = Limit("start.person", 10, per=86400)


@public
@limited
@require_http_methods(["GET", "POST"])
def organization_start(request: Request) -> HttpResponse:
    """Name, work e-mail, company. Whoever is signed in already says only what the company is called."""
    person = visitor(request)
    if person is not None:
        return _start_another(request, person)
    form = StartForm(request.POST or None, initial={"company": request.session.get(PENDING, {}).get("company", "")})
    if request.method == "POST" and form.is_valid():
        BY_VISITOR.take(network_address(request))
        request.session[PENDING] = {name: form.cleaned_data[name] for name in ("name", "company", "zone")}
        _send_code(request, form.cleaned_data["email"])
        return see_other("start_code")
    status = 422 if form.is_bound else 200
    return render_page(request, "web/organization_start.html", {"form": form}, status=status)


@public
@limited
@require_http_methods(["GET", "POST"])
def start_code(request: Request) -> HttpResponse:
    """The code from the mail. The right one makes account and organization at once, and signs in."""
    email = codes.pending_email(request.session, PURPOSE)
    if not email or PENDING not in request.session:
        return see_other("organization_start")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        TRIES_BY_VISITOR.take(network_address(request))
        try:
            codes.redeem(request.session, PURPOSE, form.cleaned_data["code"], request.now)
            return _open_organization(request, email)
        except Refused as refusal:
            form.add_problems(refusal)
    status = 422 if form.is_bound else 200
    return render_page(request, "web/start_code.html", {"form": form, "email": email}, status=status)


@public
@limited
@require_POST
def start_code_again(request: Request) -> HttpResponse:
    """Mail another code; the one before is void."""
    email = codes.pending_email(request.session, PURPOSE)
    if email:
        BY_VISITOR.take(network_address(request))
        _send_code(request, email)
        toast(request, _("A new code is on its way. The one before no longer works."))
    return see_other("start_code" if email else "organization_start")


@studio("organization.manage")
@require_http_methods(["GET", "POST"])
def start_partners(request: Request) -> HttpResponse:
    """Who the partners are: cards that fill the house, or nothing at all; zone and fiscal year as guessed."""
    organization = request.organization
    initial = {"zone": organization.zone, "fiscal_year_start_month": organization.fiscal_year_start_month}
    form = PartnersForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        _settle(request, form)
        return see_other("start_look")
    context = {"form": form, "starters": starters.starters.all()}
    return render_page(request, "web/start_partners.html", context, status=422 if form.is_bound else 200)


def _settle(request: Request, form: PartnersForm) -> None:
    chosen = form.cleaned_data
    change_organization(
        actor=request.actor,
        organization=request.organization,
        revision=request.organization.revision,
        changes={"zone": chosen["zone"], "fiscal_year_start_month": chosen["fiscal_year_start_month"]},
    )
    if "empty" not in request.POST:
        starters.apply_choices(actor=request.actor, choices=chosen["kinds"], now=request.now)


def _start_another(request: Request, person: Person) -> HttpResponse:
    form = CompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        OWN_ORGANIZATIONS.take(person.pk)
        where = _start(request, person, form.cleaned_data["company"], form.cleaned_data["zone"])
        return sign_in_proven(request, person, person.email, where)
    status = 422 if form.is_bound else 200
    return render_page(request, "web/organization_start.html", {"form": form, "person": person}, status=status)


def _send_code(request: Request, email: str) -> None:
    """The same for an address with and without an account: one mail with a code."""
    BY_EMAIL.take(email)
    code = codes.issue(request.session, PURPOSE, email, request.now)
    values = {"code": code, "company": request.session[PENDING]["company"], "name": request.session[PENDING]["name"]}
    post_account_mail(template="account/start_code", address=email, values=values, now=request.now)


def _open_organization(request: Request, email: str) -> HttpResponse:
    pending = request.session[PENDING]
    person = welcome_person(email=email, name=pending["name"], now=request.now)
    where = _start(request, person, pending["company"], pending["zone"])
    del request.session[PENDING]
    return sign_in_proven(request, person, email, where)


def _start(request: Request, person: Person, company: str, told_zone: str) -> str:
    zone = guessed_zone(request, told_zone)
    owner = start_organization(
        person=person,
        name=company,
        zone=zone,
        fiscal_year_start_month=guessed_fiscal_month(zone),
        now=request.now,
    )
    return address("start_partners", organization=owner.organization)
