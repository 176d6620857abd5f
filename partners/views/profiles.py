"""People: what each tells about themselves, read by others as far as they may, kept by the person alone."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.forms.profiles import ProfileForm
from partners.models import PartnerUser
from partners.queries import profiles as queries
from partners.queries.people import partner_user_of
from partners.services import profiles as services
from partners.views.portal import me
from prm.accounts.access import member, portal
from prm.accounts.requests import Request
from prm.files.serving import file_response
from prm.web.faces import face_of
from prm.web.rendering import render_page, see_other, toast


def reader_of(request: Request) -> queries.Reader:
    return queries.Reader(request.membership, request.now, is_watched=request.see_as)


def _me(request: Request) -> PartnerUser:
    """Whose profile it is; nobody else opens it, a colleague of the organization who sees as that person neither."""
    if request.see_as:
        raise PermissionDenied(_("What somebody tells nobody is on this page too, so only they open it."))
    return me(request)


@portal
def my_profile(request: Request) -> HttpResponse:
    """What I tell about myself, and for each field who reads it."""
    user = _me(request)
    profile = queries.own_profile(user)
    initial = ProfileForm.initial_of(user, profile)
    form = ProfileForm(request.POST or None, request.FILES or None, profile=profile, initial=initial)

    def save(revision: int) -> None:
        services.save_profile(
            actor=request.actor,
            user=user,
            revision=revision,
            details=form.details(),
            photo=form.cleaned_data["photo"],
            is_photo_removed=form.cleaned_data["is_photo_removed"],
            now=request.now,
        )

    if form.is_saved(save, lambda: ProfileForm.initial_of(user, queries.own_profile(user))):
        toast(request, _("Saved. Who reads what is as you chose."))
        return see_other("person_profile", request.membership.public_id)
    context = {"form": form, "user": user, "profile": profile}
    return render_page(request, "partners/my_profile.html", context, status=422 if form.errors else 200)


@portal
@require_POST
def my_profile_erase(request: Request) -> HttpResponse:
    """Everything I told about myself is deleted."""
    services.erase_profile(actor=request.actor, user=_me(request), now=request.now)
    toast(request, _("Deleted, picture and all. Your name and address stay, since your access hangs on them."))
    return see_other("my_profile")


@member
@require_safe
def person_profile(request: Request, public_id: str) -> HttpResponse:
    """A person as whoever looks may see them."""
    found = queries.person_for(reader_of(request), public_id)
    if found is None:
        raise Http404
    user, profile = found
    own = partner_user_of(request.membership)
    is_colleague = own is not None and own.partner_id == user.partner_id
    context = {
        "face": face_of(request),
        "user": user,
        "profile": profile,
        "is_self": user.membership_id == request.membership.pk,
        "is_colleague": is_colleague,
        "is_staff": request.membership.is_staff,
    }
    return render_page(request, "partners/person_profile.html", context)


@member
@require_safe
def person_photo(request: Request, public_id: str) -> HttpResponseBase:
    """The picture, asked for anew each time: who chose otherwise a moment ago is shown no more."""
    found = queries.person_for(reader_of(request), public_id)
    if found is None or not found[1].photo:
        raise Http404
    profile = queries.own_profile(found[0])
    if profile is None or profile.photo is None:
        raise Http404
    return file_response(profile.photo, request, inline=True)
