"""Announcements: written, looked at as somebody of each group, planned, sent, and what came of them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partners.emails import announcement_mail
from partners.emails.groups import greeted
from partners.forms.announcements import ComposeForm, ScheduleForm, WordsForm
from partners.models import Announcement
from partners.queries import announcements as queries
from partners.services import announcing as services
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.addresses import address
from prm.outbox.rendering.previews import Preview
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import is_preview, render_page, see_other, toast


@studio("partners.view")
@require_safe
def announcement_list(request: Request) -> HttpResponse:
    """What was written to partners, by whom, to how many people it went and who read it."""
    state = request.GET.get("state", "")
    page = page_of(queries.announcements(state), request, per_page=20)
    context = {"page": page.map(queries.announcement_row), "state": state, **permissions_of(request)}
    context["states"] = Announcement.State.choices
    return render_page(request, "partners/announcement_list.html", context, {"announcements": "announcements"})


@studio("partners.manage")
def announcement_create(request: Request) -> HttpResponse:
    """Write one; it is a draft until it is scheduled."""
    form = ComposeForm(request.POST or None, member=request.membership)
    if request.method == "POST" and not is_preview(request) and form.is_valid():
        row = services.write_announcement(actor=request.actor, details=form.details(), now=request.now)
        return see_other("announcement_detail", row.public_id)
    return _compose(request, form, None)


@studio("partners.manage")
def announcement_edit(request: Request, public_id: str) -> HttpResponse:
    """Change a draft, or correct the words of what was sent."""
    row = _load(public_id)
    if row.state != Announcement.State.DRAFT:
        return _correct(request, row)
    form = ComposeForm(request.POST or None, member=request.membership, row=row)

    def save(revision: int) -> None:
        services.change_announcement(
            actor=request.actor, announcement=row, revision=revision, details=form.details(), now=request.now
        )

    if not is_preview(request) and form.is_saved(save, lambda: ComposeForm.initial_of(row)):
        return see_other("announcement_detail", public_id)
    return _compose(request, form, row)


def _correct(request: Request, row: Announcement) -> HttpResponse:
    if row.state != Announcement.State.SENT:
        return see_other("announcement_detail", row.public_id)
    form = WordsForm(request.POST or None, initial=WordsForm.initial_of(row))

    def save(revision: int) -> None:
        subject, body = form.cleaned_data["subject"], form.cleaned_data["body"]
        services.correct_announcement(
            actor=request.actor, announcement=row, revision=revision, subject=subject, body=body, now=request.now
        )

    if form.is_saved(save, lambda: WordsForm.initial_of(row)):
        toast(request, _("Corrected. The portal says so, and when."))
        return see_other("announcement_detail", row.public_id)
    context = {"form": form, "row": row}
    status = 422 if form.errors else 200
    return render_page(request, "partners/announcement_correct.html", context, status=status)


def _compose(request: Request, form: ComposeForm, row: Announcement | None) -> HttpResponse:
    target = form.target()
    samples = queries.samples_of(target, request.now)
    asked = request.POST.get("seen_by", "")
    sample = next((one for one in samples if one.public_id == asked), samples[0] if samples else None)
    said = form.data if form.is_bound else form.initial
    subject, body = (str(said.get(name) or "") for name in ("subject", "body"))
    mail = announcement_mail(
        subject or _("Your subject"),
        body[:5000],
        row.written_by if row else request.membership,
        greeted(sample.first_name) if sample else _("Hello …,"),
        address("portal_home", absolute=True),
        asks=bool(said.get("asks")),
    )
    context = {
        "form": form,
        "row": row,
        "numbers": queries.numbers_of(target, request.now),
        "samples": samples,
        "sample": sample,
        "preview": Preview.of_mail(mail),
    }
    status = 422 if form.errors and not request.htmx else 200
    return render_page(request, "partners/announcement_edit.html", context, {"preview": "preview"}, status=status)


def _load(public_id: str) -> Announcement:
    row = queries.announcement_of(public_id)
    if row is None:
        raise Http404
    return row


@studio("partners.view")
@require_safe
def announcement_detail(request: Request, public_id: str) -> HttpResponse:
    """What it says, when it leaves, and once it was sent whom it reached, who read and who confirmed it."""
    row = _load(public_id)
    return _detail(request, row, ScheduleForm(initial={"revision": row.revision}))


def _detail(request: Request, row: Announcement, form: ScheduleForm) -> HttpResponse:
    context: dict[str, Any] = {"row": row, "form": form, **permissions_of(request)}
    if row.state in (Announcement.State.DRAFT, Announcement.State.SCHEDULED):
        target = queries.target_of(row)
        context |= {"numbers": queries.numbers_of(target, request.now), "told": queries.target_words(row, target)}
    else:
        show = request.GET.get("show", "")
        page = page_of(queries.readers_of(row, show), request)
        context |= {"outcome": queries.outcome_of(row), "page": page.map(queries.reader_row), "show": show}
    status = 422 if form.errors else 200
    return render_page(request, "partners/announcement_detail.html", context, {"readers": "readers"}, status=status)


@studio("partners.manage")
@require_POST
def announcement_schedule(request: Request, public_id: str) -> HttpResponse:
    """Have it leave on a day, or in two minutes; a message to everybody asks once whether it is for all."""
    row, form = _load(public_id), ScheduleForm(request.POST)
    if form.is_valid():
        try:
            services.schedule_announcement(actor=request.actor, announcement=row, now=request.now, **form.schedule())
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            words = _("It leaves on %s.") % queries.moment_words(row.due_at or request.now)
            toast(request, words, undo_url=address("announcement_withdraw", public_id))
            return see_other("announcement_detail", public_id)
    return _detail(request, row, form)


@studio("partners.manage")
@require_POST
def announcement_withdraw(request: Request, public_id: str) -> HttpResponse:
    """Take it back: before it left nobody got it, afterwards it is gone from the portal."""
    row = _load(public_id)
    was_sent = row.state == Announcement.State.SENT
    services.withdraw(actor=request.actor, announcement=row, now=request.now)
    said = _("Taken back. It is gone from the portal; who had the mail already keeps it.")
    toast(request, said if was_sent else _("Taken back. Nobody got it."))
    return see_other("announcement_detail", public_id)


@studio("partners.manage")
@require_POST
def announcement_discard(request: Request, public_id: str) -> HttpResponse:
    """Throw a draft away."""
    try:
        services.discard_announcement(actor=request.actor, announcement=_load(public_id))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("announcement_detail", public_id)
    toast(request, _("The draft is gone."))
    return see_other("announcement_list")


@studio("partners.manage")
@require_POST
def announcement_remind(request: Request, public_id: str) -> HttpResponse:
    """Write once more to those who have not confirmed."""
    try:
        n = services.remind_of_announcement(actor=request.actor, announcement=_load(public_id), now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, ngettext("A reminder goes to %d person.", "A reminder goes to %d people.", n) % n)
    return see_other("announcement_detail", public_id)
