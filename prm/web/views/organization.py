"""The organization's own settings: what it is called, where it is, how its portal and its mails look."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.accounts.services.organizations import change_organization
from prm.addresses import address
from prm.problems import Refused
from prm.web.branding import color_note, save_branding
from prm.web.rendering import SeeOther, render_page, see_other, toast
from prm.web.settings_forms import BrandingForm, OrganizationForm

LOOK = ("brand_color", "portal_title", "sender_name", "reply_to", "welcome_text", "revision")


@studio("organization.manage")
@require_http_methods(["GET", "POST"])
def organization_edit(request: Request) -> HttpResponse:
    """Name, address, time zone, fiscal year."""
    form = OrganizationForm(request.POST or None, initial=_initial(request, OrganizationForm.base_fields))
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        revision = changes.pop("revision") or 0
        try:
            change_organization(
                actor=request.actor, organization=request.organization, revision=revision, changes=changes
            )
        except Refused as refusal:
            context |= _refused(request, form, refusal)
        else:
            toast(request, _("Saved."))
            return SeeOther(address("organization_edit", organization=request.organization))
    return render_page(request, "web/organization_edit.html", context, status=422 if form.is_bound else 200)


@studio("organization.manage")
@require_http_methods(["GET", "POST"])
def branding_edit(request: Request) -> HttpResponse:
    """Logo, color, titles and the sender, with the phone beside."""
    return _look(request, "web/branding_edit.html", "branding_edit")


@studio("organization.manage")
@require_http_methods(["GET", "POST"])
def start_look(request: Request) -> HttpResponse:
    """The same as the last step of starting an organization."""
    return _look(request, "web/start_look.html", "studio_home")


@studio("organization.manage")
@require_POST
def branding_preview(request: Request) -> HttpResponse:
    """The phone with what is typed so far. Saves nothing."""
    form = BrandingForm(request.POST)
    form.is_valid()
    return render_page(request, "web/_look_preview.html", _preview(request, form.cleaned_data))


def _look(request: Request, template: str, then: str) -> HttpResponse:
    form = BrandingForm(request.POST or None, request.FILES or None, initial=_initial(request, LOOK))
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            colored = save_branding(
                actor=request.actor,
                organization=request.organization,
                revision=form.cleaned_data["revision"] or 0,
                changes=form.changes(),
                logo=form.cleaned_data["logo"] or None,
                is_logo_removed="remove_logo" in request.POST,
                now=request.now,
            )
        except Refused as refusal:
            context |= _refused(request, form, refusal)
        else:
            toast(request, _("Saved. The color comes from your logo.") if colored else _("Saved."))
            return see_other(then)
    shown = form.cleaned_data if form.is_bound else form.initial
    context |= _preview(request, shown)
    return render_page(request, template, context, status=422 if form.is_bound else 200)


def _initial(request: Request, names: Any) -> dict[str, Any]:
    initial = {name: getattr(request.organization, name, "") for name in names}
    if "sender_name" in initial and not initial["sender_name"]:
        initial["sender_name"] = str(request.membership.person)
    return initial


def _refused(request: Request, form: OrganizationForm | BrandingForm, refusal: Refused) -> dict[str, Any]:
    """The form with what was typed and why it was refused; after somebody else's save also what is saved now, so that
    saving once more is a decision and not an accident."""
    form.add_problems(refusal)
    if "changed_meanwhile" not in refusal.codes:
        return {}
    request.organization.refresh_from_db()
    saved = form.differences(_initial(request, form.fields))
    form.continue_from(request.organization.revision)
    return {"saved": saved}


def _preview(request: Request, shown: Mapping[str, Any]) -> dict[str, Any]:
    """What the phone shows: the portal's head and a mail, as partners will see them."""
    organization = request.organization
    color = str(shown.get("brand_color") or organization.brand_color)
    return {
        "look": {
            "title": shown.get("portal_title") or organization.name,
            "sender": shown.get("sender_name") or str(request.membership.person),
            "reply_to": shown.get("reply_to") or request.membership.person.email,
            "welcome": shown.get("welcome_text") or "",
            "color": color,
            "color_note": color_note(color),
            "person": request.membership.person,
        }
    }
