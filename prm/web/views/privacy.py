"""One's own data to take along, and erasing a person who asks for it."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from prm.accounts.access import member, signed_in, studio
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.queries import memberships_of, owners
from prm.accounts.requests import Request
from prm.addresses import address
from prm.audit.services import note
from prm.privacy import queries, wishing
from prm.privacy.holdings import Whom
from prm.privacy.models import Erasure, ErasureWish
from prm.privacy.reading import places_to_read
from prm.privacy.services import erase_person
from prm.problems import Problem, Refused
from prm.tenancy.scope import scope
from prm.web.faces import face_of
from prm.web.reauthentication import recently_proven
from prm.web.rendering import render_page, see_other, toast
from prm.web.settings_forms import AddresseeForm, ErasureForm, WishAnswerForm, WishesForm, WishForm


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
    return _my_page(request, WishForm())


def _my_page(request: Request, form: WishForm, problems: Sequence[Problem] = ()) -> HttpResponse:
    wish = queries.last_wish(request.membership)
    context = {
        "held": queries.own_counts(request.membership),
        "owners": owners(request.organization)[:3],
        "face": face_of(request),
        "form": form,
        "wish": wish,
        "until": wish.asked_at + queries.ANSWER_WITHIN if wish else None,
        "problems": problems,
    }
    return render_page(request, "web/my_data.html", context, status=422 if form.errors or problems else 200)


@member
@require_POST
def my_erasure(request: Request) -> HttpResponse:
    """Ask the owners of this organization to erase what is kept about oneself; `withdraw` takes that back."""
    if "withdraw" in request.POST:
        wishing.withdraw_wish(actor=request.actor, membership=request.membership, now=request.now)
        toast(request, _("You took it back. Nothing is erased."))
        return see_other("my_data")
    form = WishForm(request.POST)
    if not form.is_valid():
        return _my_page(request, form)
    try:
        wishing.ask_for_erasure(
            actor=request.actor, membership=request.membership, text=form.cleaned_data["text"], now=request.now
        )
    except Refused as refusal:
        return _my_page(request, form, refusal.problems)
    toast(request, _("The owners of %s are asked to erase your data.") % request.organization.label)
    return see_other("my_data")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def erasure_ask(request: Request) -> HttpResponse:
    """From one's own account: ask in every organization that one belongs to, or in some of them."""
    mine = list(memberships_of(request.user))
    form = WishesForm(request.POST or None, memberships=mine)
    problems: list[tuple[Membership, Problem]] = []
    if request.method == "POST" and form.is_valid():
        chosen = [member for member in mine if member.organization.slug in form.cleaned_data["organizations"]]
        problems = _ask_in(request, chosen, form.cleaned_data["text"])
        refused = {member.pk for member, _problem in problems}
        if names := ", ".join(member.organization.name for member in chosen if member.pk not in refused):
            toast(request, _("Asked at %s. You hear from them within a month.") % names)
        if not problems:
            return see_other("profile_edit")
    links = [(member, address("my_data", organization=member.organization)) for member in mine]
    context = {"form": form, "memberships": links, "problems": problems}
    return render_page(request, "web/erasure_ask.html", context, status=422 if form.errors or problems else 200)


def _ask_in(request: Request, chosen: Sequence[Membership], text: str) -> list[tuple[Membership, Problem]]:
    """Ask in each of them, one scope after the other; returns where it was refused."""
    problems = []
    for membership in chosen:
        try:
            with scope(membership.organization):
                wishing.ask_for_erasure(actor=Actor.of(membership), membership=membership, text=text, now=request.now)
        except Refused as refusal:
            problems += [(membership, problem) for problem in refusal.problems]
    return problems


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
    erasures, wishes = queries.recent_erasures(), queries.open_wishes(request.now)
    asked = next((wish.asked_at for wish in wishes if wish.email == email), None)
    if sure is not None and asked:
        sure.initial["reason"] = _("Asked here on %s") % date_format(localtime(asked), "j F Y")
    whom = queries.whom_of(email) if email else Whom(None, ())
    prospect = queries.prospect_of(whom, request.membership, erasures) if email else None
    context = {
        "form": form,
        "sure": sure if prospect and not prospect.problems else None,
        "prospect": prospect,
        "email": email,
        "erasures": erasures,
        "wishes": wishes,
        "places": places_to_read(prospect.left_names, whom) if prospect and not prospect.problems else [],
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


@studio("people.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def erasure_wish(request: Request, public_id: str) -> HttpResponse:
    """Somebody's wish to be erased: the way to look what is kept, or an answer that says why not."""
    rows = ErasureWish.objects.select_related("membership__person", "membership__organization", "answered_by__person")
    wish: ErasureWish = get_object_or_404(rows, public_id=public_id)
    form = WishAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            wishing.answer_wish(actor=request.actor, wish=wish, text=form.cleaned_data["answer"], now=request.now)
        except Refused as refusal:
            toast(request, str(refusal), level=messages.WARNING)
            return see_other("erasure_wish", public_id)
        toast(request, _("Your answer is on its way."))
        return see_other("erasure_list")
    context = {
        "wish": wish,
        "row": queries.wish_row(wish, request.now),
        "until": wish.asked_at + queries.ANSWER_WITHIN,
        "is_open": wish.state == ErasureWish.State.OPEN,
        "is_oneself": wish.membership_id == request.membership.pk,
        "form": form,
    }
    return render_page(request, "web/erasure_wish.html", context, status=422 if form.errors else 200)
