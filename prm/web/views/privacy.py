"""One's own data to take along, and erasing a person who asks for it."""

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from prm.accounts.access import member, studio
from prm.accounts.queries import owners
from prm.accounts.requests import Request
from prm.audit.services import note
from prm.privacy import queries
from prm.privacy.models import Erasure
from prm.privacy.services import erase_person
from prm.problems import Refused
from prm.web.faces import face_of
from prm.web.reauthentication import recently_proven
from prm.web.rendering import render_page, see_other, toast
from prm.web.settings_forms import AddresseeForm, ErasureForm


@member
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: Request) -> HttpResponse:
    """What is kept about oneself here; a POST hands it over as a file."""
    if request.method == "POST":
        note(actor=request.actor, verb="privacy.own_data_taken", obj=request.membership)
        data = queries.own_data(request.membership, request.organization, request.now)
        answer = JsonResponse(data, encoder=DjangoJSONEncoder, json_dumps_params={"ensure_ascii": False, "indent": 2})
        answer["Content-Disposition"] = f'attachment; filename="my-data-{request.organization.slug}.json"'
        return answer
    context = {
        "held": queries.own_counts(request.membership),
        "owners": owners(request.organization)[:3],
        "face": face_of(request),
    }
    return render_page(request, "web/my_data.html", context)


@studio("people.manage")
@recently_proven
@require_http_methods(["GET", "HEAD", "POST"])
def erasure_list(request: Request) -> HttpResponse:
    """Look an address up, see what would go, and say so."""
    if request.method == "POST":
        return _erase(request)
    form = AddresseeForm(request.GET if "email" in request.GET else None)
    sure = ErasureForm(initial={"email": form.cleaned_data["email"]}) if form.is_valid() else None
    return _erasure_page(request, form, sure)


def _erase(request: Request) -> HttpResponse:
    form = ErasureForm(request.POST)
    if form.is_valid():
        try:
            erasure = erase_person(
                actor=request.actor,
                reader=request.membership,
                email=form.cleaned_data["email"],
                reason=form.cleaned_data["reason"],
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("They cannot come in any more. The rest is being erased."))
            return see_other("erasure_detail", erasure.public_id)
    return _erasure_page(request, AddresseeForm({"email": form.data.get("email", "")}), form)


def _erasure_page(request: Request, form: AddresseeForm, sure: ErasureForm | None) -> HttpResponse:
    email = form.cleaned_data["email"] if form.is_valid() else ""
    erasures = queries.recent_erasures()
    prospect = queries.prospect_of(queries.whom_of(email), request.membership, erasures) if email else None
    context = {
        "form": form,
        "sure": sure if prospect and not prospect.problems else None,
        "prospect": prospect,
        "email": email,
        "erasures": erasures,
    }
    is_refused = form.errors or (sure is not None and sure.is_bound)
    return render_page(request, "web/erasure_list.html", context, status=422 if is_refused else 200)


@studio("people.manage")
@require_safe
def erasure_detail(request: Request, public_id: str) -> HttpResponse:
    rows = Erasure.objects.select_related("job", "begun_by__person")
    erasure: Erasure | None = rows.filter(public_id=public_id).first()
    if erasure is None:
        raise Http404
    context = {"erasure": erasure, "job": erasure.job, "counts": sorted(erasure.counts.items())}
    return render_page(request, "web/erasure_detail.html", context, {"job": "job"})
