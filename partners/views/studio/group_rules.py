"""Rules of groups: built with a preview, read version by version, paused; moves that wait; partners kept out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partners.conditions.grammar import Block, read
from partners.conditions.subjects import Subjects
from partners.forms.fields import ReasonForm
from partners.forms.rule_builder import RuleBuilder, sent_version
from partners.models import Group, GroupExclusion, GroupRule
from partners.queries import group_rules as queries
from partners.queries.partners import partners_to_tick
from partners.services import group_rules as services
from partners.views.studio.groups import load
from partners.views.studio.partners import ids_of_ticked, permissions_of, ticked_in
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.jobs.models import Job
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("partners.manage")
def group_rule(request: Request, public_id: str) -> HttpResponse:
    """Build the rule of a group, and see before it is used whom it would let in, let go and keep."""
    group = load(public_id)
    subjects = Subjects()
    rule = queries.current_rule(group)
    if request.method == "POST":
        builder = RuleBuilder.sent(request.POST, subjects)
        version = sent_version(request.POST)
        if request.POST.get("act") == "save":
            return _save(request, group, builder, version)
    else:
        builder = RuleBuilder.of(_asked_block(request, group, rule), subjects)
        version = rule.version if rule else 0
    return _built(request, group, builder, version)


def _asked_block(request: Request, group: Group, rule: GroupRule | None) -> Block | None:
    """The rule to begin with: an earlier version that was asked for, or the present one."""
    asked = request.GET.get("version", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 7:
        rule = get_object_or_404(GroupRule, group=group, version=int(asked))
    return read(rule.definition) if rule else None


def _built(
    request: Request, group: Group, builder: RuleBuilder, version: int, refusal: Refused | None = None
) -> HttpResponse:
    problems = services.draft_problems(group, builder.block, builder.subjects)
    context = {
        "group": group,
        "root": builder.root,
        "version": version,
        "problems": refusal.problems if refusal else [],
        "hint": "" if refusal else "; ".join(str(problem.message) for problem in problems[:1]),
        "preview": None if problems else queries.preview_of(group, builder.block, builder.subjects, request.now),
    }
    status = 422 if refusal else 200
    return render_page(request, "partners/group_rule.html", context, {"rule-builder": "builder"}, status=status)


def _save(request: Request, group: Group, builder: RuleBuilder, version: int) -> HttpResponse:
    try:
        moved = services.set_rule(
            actor=request.actor, group=group, block=builder.block, version=version, now=request.now
        )
    except Refused as refusal:
        if "changed_meanwhile" in refusal.codes:
            rule = queries.current_rule(group)
            version = rule.version if rule else 0
        return _built(request, group, builder, version, refusal)
    toast(request, _told(moved, _("The rule is in use.")))
    return see_other("group_detail", group.public_id)


def _told(moved: "queries.Moves | Job", first: str) -> str:
    """What a rule came to, in words."""
    if isinstance(moved, Job):
        return f"{first} {_('Many partners move, in the background; this page shows them as they come.')}"
    words = [first]
    if moved.entering:
        words.append(ngettext("%d partner came in.", "%d partners came in.", len(moved.entering)) % len(moved.entering))
    if moved.leaving:
        words.append(ngettext("%d no longer fits.", "%d no longer fit.", len(moved.leaving)) % len(moved.leaving))
    return " ".join(words)


@studio("partners.view")
@require_safe
def group_rule_list(request: Request, public_id: str) -> HttpResponse:
    """Every version of a group's rule, with who made it and when it was in use."""
    group = load(public_id)
    context = {"group": group, "rules": queries.rules_of(group), **permissions_of(request)}
    return render_page(request, "partners/group_rule_list.html", context)


@studio("partners.manage")
@require_POST
def group_rule_pause(request: Request, public_id: str) -> HttpResponse:
    services.pause_rule(actor=request.actor, group=load(public_id), now=request.now)
    toast(request, _("The rule is paused: it moves nobody until you resume it."))
    return see_other("group_detail", public_id)


@studio("partners.manage")
@require_POST
def group_rule_resume(request: Request, public_id: str) -> HttpResponse:
    moved = services.resume_rule(actor=request.actor, group=load(public_id), now=request.now)
    toast(request, _told(moved, _("The rule works again.")))
    return see_other("group_detail", public_id)


@studio("partners.manage")
@require_POST
def group_rule_end(request: Request, public_id: str) -> HttpResponse:
    kept = services.take_rule_away(actor=request.actor, group=load(public_id), now=request.now)
    words = ngettext(
        "The group is filled by hand now. %d partner stays.",
        "The group is filled by hand now. %d partners stay.",
        kept,
    )
    toast(request, words % kept)
    return see_other("group_detail", public_id)


@studio("partners.view")
@require_safe
def group_hold(request: Request, public_id: str) -> HttpResponse:
    """The moves that wait: who would come in and who would go, each with why, and what would be lost."""
    group = load(public_id)
    held = queries.held_moves(group, request.now)
    if held is None:
        toast(request, _("Nothing waits here any more."))
        return see_other("group_detail", public_id)
    return render_page(request, "partners/group_hold.html", {"group": group, "held": held, **permissions_of(request)})


@studio("partners.manage")
@require_POST
def group_hold_release(request: Request, public_id: str) -> HttpResponse:
    try:
        moved = services.release_hold(actor=request.actor, group=load(public_id), now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _told(moved, _("Done.")))
    return see_other("group_detail", public_id)


@studio("partners.manage")
def group_keep_out(request: Request, public_id: str) -> HttpResponse:
    """Choose partners that stay out of the group whatever its rule says, and say why."""
    group = load(public_id)
    form = ReasonForm(request.POST or None)
    chosen = ticked_in(request)
    if request.method == "POST" and form.is_valid():
        if chosen:
            try:
                out = services.keep_out(
                    actor=request.actor,
                    group=group,
                    partner_ids=ids_of_ticked(chosen),
                    reason=form.cleaned_data["reason"],
                    ends_at=form.ends_at(),
                    now=request.now,
                )
            except Refused as refusal:
                form.add_problems(refusal)
            else:
                toast(request, ngettext("%d partner is kept out.", "%d partners are kept out.", out) % out)
                return see_other("group_detail", public_id)
        else:
            form.add_error(None, _("Tick at least one partner."))
    context = {
        "group": group,
        "form": form,
        "chosen": chosen,
        "partners": partners_to_tick(request.GET.get("q", ""), chosen, outside=group),
    }
    status = 422 if form.errors else 200
    return render_page(request, "partners/group_keep_out.html", context, {"partners": "partners"}, status=status)


@studio("partners.manage")
@require_POST
def group_let_back(request: Request, public_id: str, exclusion_id: str) -> HttpResponse:
    group = load(public_id)
    rows = GroupExclusion.objects.filter(group=group).select_related("group", "partner")
    exclusion = get_object_or_404(rows, public_id=exclusion_id)
    moved = services.let_back(actor=request.actor, exclusion=exclusion, now=request.now)
    words = _("%s is in the group again.") if moved.entering else _("%s is not kept out any more. The rule decides.")
    toast(request, words % exclusion.partner.name)
    return see_other("group_detail", public_id)
