"""People of partners: invited, changed, taken out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from partners.forms.people import InviteForm, PersonForm
from partners.models import Partner, PartnerUser
from partners.queries.invitations import KIND, awaits
from partners.queries.partners import partners_without_people
from partners.queries.profiles import Reader, profiles_for
from partners.services import people as services
from partners.services.inviting import invite_to_partners
from partners.views.studio.merged import leads_on
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.invitations.services import draft
from prm.problems import Refused
from prm.web.invitation_drafts import mail_preview
from prm.web.limits import limited
from prm.web.rendering import is_preview, render_page, see_other, toast
from prm.web.views.invitations import BY_ORGANIZATION

MOST_PARTNERS = 50


@studio("people.invite")
@limited
def partner_invite(request: Request) -> HttpResponse:
    """Addresses for one or several partners, a personal line, and beside it the exact mail."""
    partners = _asked(request)
    if not partners:
        found = {"partners": partners_without_people(request.GET.get("q", ""))}
        return render_page(request, "partners/partner_invite_choose.html", found, {"partners": "partners"})
    form = InviteForm(request.POST or None, partners=partners)
    if request.method == "POST" and not is_preview(request) and form.is_valid():
        try:
            return _invite_all(request, form)
        except Refused as refusal:
            form.add_problems(refusal)
    # The mail is drawn from what the form made of its input, so it is asked for that first.
    status = 422 if form.errors else 200
    context = {"form": form, "partners": partners, "query": request.GET.urlencode(), **_mail(request, form)}
    return render_page(request, "partners/partner_invite.html", context, {"preview": "preview"}, status=status)


def _asked(request: Request) -> list[Partner]:
    asked = request.GET.getlist("partner")[:MOST_PARTNERS]
    return list(Partner.objects.listed().filter(public_id__in=asked).order_by("normalized_name")) if asked else []


def _mail(request: Request, form: InviteForm) -> dict[str, object]:
    """The mail to the first addressee as it would be, and what each partner's people will find."""
    cleaned = getattr(form, "cleaned_data", {})
    first = next(((who, partner) for partner in form.partners for who in form.invitees_of(partner)), None)
    shown = first[1] if first else form.partners[0]
    drafted = draft(
        inviter=request.membership,
        kind=KIND,
        email=first[0].email if first else "",
        name=first[0].name if first else "",
        target_id=shown.pk,
        note=str(cleaned.get("note") or form.data.get("note") or "")[:500],
        now=request.now,
    )
    return {"preview": mail_preview(drafted), "shown": shown, "awaits": awaits(drafted)}


def _invite_all(request: Request, form: InviteForm) -> HttpResponse:
    BY_ORGANIZATION.take(request.organization.pk)
    made = invite_to_partners(
        actor=request.actor,
        inviter=request.membership,
        lists=form.lists(),
        note=form.cleaned_data["note"],
        now=request.now,
    )
    toast(request, ngettext("%d invitation is on its way.", "%d invitations are on their way.", made) % made)
    if len(form.partners) == 1:
        return see_other("partner_detail", form.partners[0].public_id)
    return see_other("invitation_list")


@studio("partners.manage")
@leads_on
def partner_person(request: Request, public_id: str, user_id: str) -> HttpResponse:
    """What a partner's person tells about themselves, beside role and job, which colleagues keep too."""
    user = _load(public_id, user_id)
    profile = profiles_for(Reader(request.membership, request.now), [user.membership_id])[user.membership_id]
    form = PersonForm(request.POST or None, initial=PersonForm.initial_of(user))
    if "job_title" not in profile.readable:
        form.keep_job(user.job_title)

    def save(_revision: int) -> None:
        services.change_person(actor=request.actor, user=user, now=request.now, **form.cleaned_data)

    if form.is_saved(save, lambda: PersonForm.initial_of(user)):
        toast(request, _("Saved."))
        return see_other("partner_detail", public_id)
    context = {"form": form, "user": user, "partner": user.partner, "profile": profile}
    return render_page(request, "partners/partner_person.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
@require_POST
@leads_on
def partner_person_remove(request: Request, public_id: str, user_id: str) -> HttpResponse:
    """End the person's access with their next request."""
    user = _load(public_id, user_id)
    try:
        services.remove_person(actor=request.actor, user=user, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("%s cannot come in any more. An invitation brings them back.") % user)
    return see_other("partner_detail", public_id)


def _load(public_id: str, user_id: str) -> PartnerUser:
    rows = PartnerUser.objects.select_related("partner", "membership__person", "membership__organization")
    return get_object_or_404(rows, public_id=user_id, partner__public_id=public_id)
