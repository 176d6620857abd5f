"""What is done with many partners at once: those that were ticked, or everybody the list is narrowed to."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partners.emails import announcement_mail
from partners.forms.lists import AnnouncementForm, BulkGroupForm, BulkManagerForm
from partners.models import Group, Partner
from partners.models.partners import PartnerQuerySet
from partners.queries.partner_lists import PartnerFilter
from partners.services import announcing, bulk
from partners.stamps import moment_of, stamp_of
from partners.views.studio.partner_lists import list_at
from partners.views.studio.partners import add_to_group, ids_of_ticked
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.addresses import address
from prm.jobs.models import Job
from prm.outbox.rendering.previews import Preview
from prm.problems import Refused
from prm.web.rendering import SeeOther, is_preview, render_page, see_other, toast

# So many partners are named on the page of what is done with them, by so much of their names.
_NAMED, _LONG = 5, 48


@dataclass(frozen=True)
class Chosen:
    """Whom something is done with: `ids` of ticked partners, or None for everybody in `filter`.

    `hidden` is what a further form has to send on, so that it means the same partners.
    """

    filter: PartnerFilter
    ids: list[int] | None
    hidden: list[tuple[str, str]]

    @property
    def partners(self) -> PartnerQuerySet:
        if self.ids is None:
            return bulk.changeable(self.filter)
        found: PartnerQuerySet = Partner.objects.listed().filter(pk__in=self.ids)
        return found

    @property
    def is_all(self) -> bool:
        return self.ids is None and not self.filter.is_narrowed

    def total(self) -> int:
        return len(self.ids) if self.ids is not None else self.partners.count()

    def named(self) -> str:
        """The first of them by name, and how many more there are."""
        rows = self.partners.order_by("normalized_name", "pk").values_list("name", flat=True)
        names = [name if len(name) <= _LONG else f"{name[:_LONG]}…" for name in rows[:_NAMED]]
        if (more := self.total() - len(names)) > 0:
            names.append(ngettext("%d more", "%d more", more) % more)
        return ", ".join(names)

    def words(self) -> str:
        n = self.total()
        return ngettext("%d partner", "%d partners", n) % n


def _chosen(request: Request) -> Chosen | None:
    """Whom the form means; None where nobody is ticked."""
    query = request.POST.get("query", "")[:4000]
    chosen = PartnerFilter.of(query, request.now)
    if "everyone" in request.POST:
        return Chosen(chosen, None, [("everyone", "1"), ("query", chosen.query)])
    ticked = request.POST.getlist("partner")
    if not ticked:
        return None
    hidden = [*(("partner", public_id) for public_id in ticked), ("query", chosen.query)]
    return Chosen(chosen, ids_of_ticked(ticked), hidden)


def _nobody(request: Request) -> HttpResponse:
    toast(request, _("Tick at least one partner first."), level=messages.WARNING)
    return see_other("partner_list")


@studio("partners.manage")
@require_POST
def partner_bulk(request: Request) -> HttpResponse:
    """The bar under the list: on to the page of what is to be done."""
    chosen = _chosen(request)
    if chosen is None:
        return _nobody(request)
    match request.POST.get("action"):
        case "invite":
            return _invite(request, chosen)
        case "export":
            return _export(chosen)
        case "manager":
            return _manager_page(request, chosen, BulkManagerForm())
        case "announce":
            return _announcement_page(request, chosen, AnnouncementForm())
    return _group_page(request, chosen, BulkGroupForm())


def _invite(request: Request, chosen: Chosen) -> HttpResponse:
    """The page of invitations, which asks for addresses partner by partner: for those on the page that are ticked."""
    ticked = [public_id for name, public_id in chosen.hidden if name == "partner"]
    if not ticked:
        text = _("Invitations are written partner by partner. Tick up to 50 partners instead of all.")
        toast(request, text, level=messages.WARNING)
        return SeeOther(list_at(chosen.filter.query))
    return SeeOther(f"{address('partner_invite')}?{urlencode([('partner', public_id) for public_id in ticked])}")


def _export(chosen: Chosen) -> HttpResponse:
    """On to the page of exports, which asks for columns and format."""
    ticked = [(name, public_id) for name, public_id in chosen.hidden if name == "partner"]
    query = urlencode(ticked) if ticked else chosen.filter.query
    return SeeOther(f"{address('partner_export')}?{query}")


# ── Into a group ────────────────────────────────────────────────────────────────────────────────────────────────────


def _group_page(request: Request, chosen: Chosen, form: BulkGroupForm) -> HttpResponse:
    return _page(request, "partners/bulk_group.html", chosen, form)


@studio("partners.manage")
@require_POST
def bulk_group(request: Request) -> HttpResponse:
    """Put them into a group; many in the background."""
    chosen = _chosen(request)
    if chosen is None:
        return _nobody(request)
    form = BulkGroupForm(request.POST)
    if not form.is_valid():
        return _group_page(request, chosen, form)
    group: Group = form.cleaned_data["group"]
    if _is_many(chosen):
        return _in_background(request, chosen, group=group)
    return add_to_group(request, group, list(chosen.partners.values_list("pk", flat=True)))


# ── Another account manager ─────────────────────────────────────────────────────────────────────────────────────────


def _manager_page(request: Request, chosen: Chosen, form: BulkManagerForm) -> HttpResponse:
    return _page(request, "partners/bulk_manager.html", chosen, form)


@studio("partners.manage")
@require_POST
def bulk_manager(request: Request) -> HttpResponse:
    """Give them another account manager, or none, with an undo; many in the background."""
    chosen = _chosen(request)
    if chosen is None:
        return _nobody(request)
    form = BulkManagerForm(request.POST)
    if not form.is_valid():
        return _manager_page(request, chosen, form)
    manager = form.cleaned_data["manager"]
    if _is_many(chosen):
        return _in_background(request, chosen, manager=manager)
    ids = list(chosen.partners.values_list("pk", flat=True))
    try:
        changed = bulk.assign_manager(actor=request.actor, partner_ids=ids, manager=manager, now=request.now)
    except Refused as refusal:
        form.add_problems(refusal)
        return _manager_page(request, chosen, form)
    name = str(manager.person) if manager else _("nobody")
    text = ngettext("%(n)d partner belongs to %(name)s now.", "%(n)d partners belong to %(name)s now.", changed)
    undo = address("bulk_undo", stamp_of(request.now)) if changed else ""
    toast(request, text % {"n": changed, "name": name}, undo_url=undo)
    return SeeOther(list_at(chosen.filter.query))


@studio("partners.manage")
@require_POST
def bulk_undo(request: Request, stamp: str) -> HttpResponse:
    """Give back the account managers that this colleague changed at that moment."""
    back = bulk.undo_assigning(actor=request.actor, stamp=moment_of(stamp), now=request.now)
    words = ngettext("%d partner is back where it was.", "%d partners are back where they were.", back)
    toast(request, words % back)
    return see_other("partner_list")


# ── In the background ───────────────────────────────────────────────────────────────────────────────────────────────


def _is_many(chosen: Chosen) -> bool:
    return chosen.ids is None and chosen.total() > bulk.MOST_AT_ONCE


def _in_background(request: Request, chosen: Chosen, **what: Any) -> HttpResponse:
    job = bulk.start_bulk(actor=request.actor, chosen=chosen.filter, now=request.now, **what)
    return see_other("job_detail", job.public_id)


@studio("partners.manage")
@require_safe
def bulk_detail(request: Request, public_id: str) -> HttpResponse:
    """What came of it, and the way back."""
    job = get_object_or_404(Job, public_id=public_id, kind=bulk.BULK_JOB)
    group = Group.objects.filter(pk=job.parameters["group"]).first()
    stamp = stamp_of(bulk.moment_of_bulk(job))
    undo = address("group_undo_adding", group.public_id, stamp) if group else address("bulk_undo", stamp)
    context = {"job": job, "group": group, "changed": job.result.get("changed", 0), "undo": undo}
    context["is_mine"] = job.created_by_id == request.membership.pk
    return render_page(request, "partners/bulk_detail.html", context)


# ── A message ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _announcement_page(request: Request, chosen: Chosen, form: AnnouncementForm) -> HttpResponse:
    people = announcing.leads_of(chosen.partners).count()
    said = form.data if form.is_bound else {}
    subject, body = (str(said.get(name) or "") for name in ("subject", "body"))
    mail = announcement_mail(subject or _("Your subject"), body[:5000], request.membership, _("Hello …,"))
    more = {"people": people, "is_all": chosen.is_all, "preview": Preview.of_mail(mail)}
    return _page(request, "partners/bulk_announcement.html", chosen, form, {"preview": "preview"}, **more)


@studio("partners.manage")
@require_POST
def bulk_announcement(request: Request) -> HttpResponse:
    """Write to the leads of these partners; a message to everybody asks once whether it is for all."""
    chosen = _chosen(request)
    if chosen is None:
        return _nobody(request)
    form = AnnouncementForm(request.POST)
    if is_preview(request):
        return _announcement_page(request, chosen, form)
    if form.is_valid() and chosen.is_all and not form.cleaned_data["is_for_all"]:
        words = _("This goes to every partner you have. Say that it is for all, or narrow the list.")
        form.add_error("is_for_all", words)
    if not form.is_valid():
        return _announcement_page(request, chosen, form)
    try:
        row = announcing.announce(
            actor=request.actor,
            partners=chosen.partners,
            told=chosen.words(),
            subject=form.cleaned_data["subject"],
            body=form.cleaned_data["body"],
            now=request.now,
        )
    except Refused as refusal:
        form.add_problems(refusal)
        return _announcement_page(request, chosen, form)
    words = ngettext("Goes to %d person in two minutes.", "Goes to %d people in two minutes.", row.sent_to)
    toast(request, words % row.sent_to, undo_url=address("announcement_withdraw", row.public_id))
    return see_other("announcement_list")


def _page(
    request: Request,
    template: str,
    chosen: Chosen,
    form: Any,
    partials: dict[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    """The page of one thing to do, which names how many it is about and sends on whom it means."""
    about = {"hidden": chosen.hidden, "who": chosen.words(), "named": chosen.named(), "list_query": chosen.filter.query}
    context = {"form": form, **about, **more}
    return render_page(request, template, context, partials or {}, status=422 if form.errors else 200)
