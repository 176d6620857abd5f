"""The portal: what the organization knows about one's company, changed, asked for and confirmed."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from partners import rules
from partners.days import day_of
from partners.forms.logos import LeadLogoForm
from partners.forms.telling import TellForm
from partners.models import Attribute, DataRequest, Partner, PartnerUser
from partners.queries import open_questions as asking
from partners.queries import questions as queries
from partners.queries.attributes import in_sections, known_values, value_rows
from partners.queries.companies import with_domains
from partners.queries.completeness import TOLD_BY_PARTNERS
from partners.queries.logos import logo_link, logo_of
from partners.queries.people import contact_of
from partners.queries.record import record_of, record_values, with_record
from partners.queries.structure import branches_to_look_at
from partners.services import telling as services
from partners.services.logos import keep_logo
from partners.views.portal import me
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast

_LEADS_ONLY = gettext_lazy("What is known about your company is changed by a lead of it. Ask one of them.")
_SEEN = [Attribute.Keeper.SHOWN, Attribute.Keeper.PARTNER]


def lead(request: Request) -> PartnerUser:
    """Who speaks for the company; colleagues are told so."""
    user = me(request)
    if not rules.may_manage_team(user):
        raise PermissionDenied(_LEADS_ONLY)
    return user


@portal
@require_safe
def my_company(request: Request) -> HttpResponse:
    """What the organization knows about one's company, what of it waits, and whom to tell when it is wrong."""
    user = me(request)
    partner, is_lead = user.partner, rules.may_manage_team(user)
    known = known_values(partner, _SEEN)
    about: Any = with_domains(with_record(Partner.objects.all())).get(pk=partner.pk)
    context = {
        "user": user,
        "partner": partner,
        "logo": logo_link(logo_of(partner), request.membership),
        "record": record_values(partner, TOLD_BY_PARTNERS, record_of(about), is_for_partner=True),
        "values": in_sections((row.section, row) for row in value_rows(partner, known, is_for_partner=True)),
        "proposals": queries.proposals_of(partner, limit=5),
        "open": asking.open_questions(partner, request.now) if is_lead else None,
        "is_lead": is_lead,
        "contact": contact_of(user),
        "domains": about.domain_names,
        "branches": list(branches_to_look_at(partner, day_of(request.now))[:50]) if is_lead else [],
    }
    return render_page(request, "partners/my_company.html", context)


@portal
def my_company_edit(request: Request) -> HttpResponse:
    """A lead changes what the company keeps; what would move a group waits for a colleague of the organization."""
    partner = lead(request).partner
    form = TellForm(request.POST or None, questions=queries.tellable(), held=queries.told_by(partner))
    if request.method == "POST" and form.is_valid():
        outcome = _tell(request, partner, form)
        if outcome is not None:
            toast(request, outcome)
            return see_other("my_company")
    context = {"form": form, "partner": partner}
    return render_page(request, "partners/my_company_edit.html", context, status=422 if form.errors else 200)


@portal
def my_logo(request: Request) -> HttpResponse:
    """A lead puts up the company's logo, and says who sees it."""
    partner = lead(request).partner
    logo = logo_of(partner)
    initial = {"shown": logo is not None and logo.shown_at is not None}
    form = LeadLogoForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            keep_logo(
                actor=request.actor,
                partner=partner,
                upload=form.cleaned_data["logo"],
                is_removed=form.cleaned_data["is_removed"],
                is_shown=form.is_shown,
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved."))
            return see_other("my_company")
    context = {"form": form, "partner": partner, "logo": logo_link(logo, request.membership)}
    return render_page(request, "partners/my_logo.html", context, status=422 if form.errors else 200)


@portal
def my_questions(request: Request) -> HttpResponse:
    """Three short questions at a time, saved as one goes, and what is to be confirmed."""
    partner = lead(request).partner
    found = asking.open_questions(partner, request.now)
    return _questions(request, partner, found, found.next, "my_questions")


@portal
def my_data_request(request: Request, public_id: str) -> HttpResponse:
    """Everything that a colleague of the organization asked for in one mail, on one page."""
    partner = lead(request).partner
    asked = get_object_or_404(DataRequest, public_id=public_id, asked__partner=partner)
    found = asking.open_questions(partner, request.now)
    missing = [question for question in found.missing if question.field in asked.fields]
    if not missing and request.method != "POST":
        return see_other("my_questions")
    return _questions(request, partner, asking.Open(tuple(missing), ()), tuple(missing), "my_data_request", public_id)


def _questions(
    request: Request,
    partner: Partner,
    found: asking.Open,
    shown: tuple[queries.Question, ...],
    *here: str,
) -> HttpResponse:
    """The page of questions: answered, skipped, not known or confirmed, then the next ones."""
    posted = request.method == "POST"
    if posted:
        shown = tuple(queries.questions_named(request.POST.getlist("field")))
    is_plain = not {"unknown", "skip", "confirm"} & request.POST.keys()
    form = TellForm(request.POST if posted else None, questions=shown, must_tell=is_plain)
    if posted and form.is_valid():
        text = _tell(request, partner, form)
        if text is not None:
            toast(request, _put_aside(request, partner, shown) or text)
            return see_other(*here)
    context = {"form": form, "partner": partner, "open": found, "left": max(0, len(found.missing) - len(shown))}
    return render_page(request, "partners/my_questions.html", context, status=422 if form.errors else 200)


def _tell(request: Request, partner: Partner, form: TellForm) -> str | None:
    """Save what was told and say what became of it; None, with the form showing why, where it was refused."""
    try:
        outcome = services.tell(actor=request.actor, partner=partner, told=form.told(), now=request.now)
    except Refused as refusal:
        form.add_problems(refusal)
        return None
    if not outcome.waiting:
        return _("Saved. Thank you.")
    words = {"n": outcome.waiting, "name": request.organization.name}
    return (
        ngettext("Saved. %(n)d change waits for %(name)s.", "Saved. %(n)d changes wait for %(name)s.", outcome.waiting)
        % words
    )


def _put_aside(request: Request, partner: Partner, shown: tuple[queries.Question, ...]) -> str:
    """What the pressed button does beside saving: skip, not known, still right. Returns what to say about it."""
    actor, now, posted = request.actor, request.now, request.POST
    fields = {question.field for question in queries.tellable()}
    if unknown := fields & set(posted.getlist("unknown")):
        services.put_aside(actor=actor, partner=partner, fields=unknown, is_unknown=True, now=now)
        return _("Good to know. We do not ask again for half a year.")
    if "skip" in posted:
        skipped = [question.field for question in shown]
        services.put_aside(actor=actor, partner=partner, fields=skipped, is_unknown=False, now=now)
        return _("Skipped. We ask again in a week.")
    if confirmed := posted.getlist("confirm"):
        services.still_right(actor=actor, partner=partner, fields=confirmed, now=now)
        return _("Confirmed. Thank you.")
    return ""
