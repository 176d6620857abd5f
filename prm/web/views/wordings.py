"""What the organization says in its mails: the list of them, and an editor with the phone beside."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.outbox import services, wordings
from prm.outbox.models import OwnWording
from prm.outbox.queries import own_wording, wording_groups
from prm.outbox.rendering.defaults import Words
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast
from prm.web.wording_forms import WordingForm


@studio("messages.manage")
@require_safe
def wording_list(request: Request) -> HttpResponse:
    """Every mail, and whether it says the house's words or one's own."""
    return render_page(request, "web/wording_list.html", {"groups": wording_groups()})


@studio("messages.manage")
@require_http_methods(["GET", "POST"])
def wording_edit(request: Request, key: str) -> HttpResponse:
    """The words of one mail, the values that may be placed, and the mail as on a phone."""
    found = _editable(key)
    row = own_wording(found.template)
    form = WordingForm(request.POST or None, initial=_initial(found.template, row))
    if "test" in request.POST:
        return _test(request, found, row, form)

    def save(revision: int) -> object:
        words = form.words()
        return services.save_wording(
            actor=request.actor, template=found.template, words=words, revision=revision, now=request.now
        )

    if form.is_saved(save, lambda: _initial(found.template, own_wording(found.template))):
        toast(request, _("Saved. Mails say this from now on, also those that wait."))
        return see_other("wording_edit", key)
    return _editor(request, found, row, form)


@studio("messages.manage")
@require_POST
def wording_preview(request: Request, key: str) -> HttpResponse:
    """The phone with what is typed so far, and what is wrong with it. Saves nothing."""
    found = _editable(key)
    form = WordingForm(request.POST)
    form.is_valid()
    return render_page(request, "web/_wording_preview.html", {"trial": wordings.trial(found.template, form.words())})


@studio("messages.manage")
@require_POST
def wording_put_back(request: Request, key: str) -> HttpResponse:
    found = _editable(key)
    if (row := own_wording(found.template)) is not None:
        services.put_wording_back(actor=request.actor, row=row, now=request.now)
        toast(request, _("The house’s words hold again. Yours are kept, in case you want them back."))
    return see_other("wording_edit", key)


@studio("messages.manage")
@require_POST
def wording_use_again(request: Request, key: str) -> HttpResponse:
    found = _editable(key)
    row = own_wording(found.template)
    if row is None:
        return see_other("wording_edit", key)
    try:
        services.use_wording_again(actor=request.actor, row=row)
    except Refused as refusal:
        form = WordingForm(initial=_values(wordings.words_of(row), row.revision))
        return _editor(request, found, row, form, refusal)
    toast(request, _("Your words hold again."))
    return see_other("wording_edit", key)


def _test(request: Request, found: wordings.Editable, row: OwnWording | None, form: WordingForm) -> HttpResponse:
    if form.is_valid():
        try:
            services.post_wording_test(
                membership=request.membership, template=found.template, words=form.words(), now=request.now
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("A test to %s is on its way. Nothing is saved yet.") % request.user.email)
            return _editor(request, found, row, form, status=200)
    return _editor(request, found, row, form)


def _editor(
    request: Request,
    found: wordings.Editable,
    row: OwnWording | None,
    form: WordingForm,
    refusal: Refused | None = None,
    status: int = 0,
) -> HttpResponse:
    form_is_wrong = refusal is not None or form.is_bound
    context = {
        "found": found,
        "row": row,
        "form": form,
        "saved": form.saved,
        "problems": refusal.problems if refusal else [],
        "places": wordings.places_of(found.template),
        "trial": wordings.trial(found.template, form.shown()),
    }
    return render_page(request, "web/wording_edit.html", context, status=status or (422 if form_is_wrong else 200))


def _initial(template: str, row: OwnWording | None) -> dict[str, Any]:
    return _values(wordings.shown_words(template, row), row.revision if row else None)


def _values(words: Words, revision: int | None) -> dict[str, Any]:
    return {
        "subject": words.subject,
        "preheader": words.preheader,
        "body": words.body,
        "revision": revision,
    }


def _editable(key: str) -> wordings.Editable:
    found = wordings.editable(key)
    if found is None:
        raise Http404
    return found
