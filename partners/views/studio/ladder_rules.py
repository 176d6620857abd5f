"""A ladder's rules: versions, a draft, what trying it shows, the day from which it applies."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.forms.tiers import NoteForm, PublishForm, RequirementForm
from partners.models import LadderVersion, Requirement
from partners.queries import ladder_pages as pages
from partners.queries import ladders as queries
from partners.rules.tier_periods import next_period_end
from partners.rules.tiers import draft_problems
from partners.services import ladder_versions as services
from partners.views.studio.ladders import load
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


def load_version(public_id: str) -> LadderVersion:
    rows = LadderVersion.objects.select_related("ladder__audience", "ladder__owner__person")
    return get_object_or_404(rows, public_id=public_id)


def load_requirement(public_id: str) -> Requirement:
    rows = Requirement.objects.select_related("version__ladder", "tier", "attribute", "number")
    found: Requirement = get_object_or_404(rows, public_id=public_id)
    return found


@studio("partners.view")
@require_safe
def version_list(request: Request, public_id: str) -> HttpResponse:
    """The rules of a ladder as they were, are and will be."""
    ladder = load(public_id)
    versions = pages.versions_of(ladder)
    context = {
        "ladder": ladder,
        "versions": versions,
        "present": queries.version_at(ladder, request.now),
        "draft": next((version for version in versions if version.is_draft), None),
        "counts": pages.waiting_counts(ladder),
        **permissions_of(request),
    }
    return render_page(request, "partners/version_list.html", context)


@studio("partners.manage")
@require_POST
def draft_begin(request: Request, public_id: str) -> HttpResponse:
    ladder = load(public_id)
    draft = services.begin_draft(actor=request.actor, ladder=ladder, now=request.now)
    return see_other("version_detail", draft.public_id)


@studio("partners.view")
@require_safe
def version_detail(request: Request, public_id: str) -> HttpResponse:
    """One version: what each tier asks for; of a draft what trying it shows, and how it is decided."""
    version = load_version(public_id)
    return render_page(request, "partners/version_detail.html", _context(request, version))


def _context(request: Request, version: LadderVersion, form: PublishForm | None = None) -> dict[str, Any]:
    requirements = queries.requirements_of(version)
    tiers = queries.tiers_of(version.ladder)
    best_day = next_period_end(queries.calendar(), version.ladder.review, request.now)
    initial = {"applies_on": best_day.astimezone(queries.calendar().zone).date(), "revision": version.revision}
    return {
        "ladder": version.ladder,
        "version": version,
        "steps": pages.requirement_steps(tiers, requirements),
        "rises": pages.trial_lines(version, "rises"),
        "drops": pages.trial_lines(version, "drops"),
        "is_tried": version.tried_at is not None and version.tried_revision == version.revision,
        "form": form or PublishForm(initial=initial),
        "note_form": NoteForm(initial={"note": version.note}),
        **permissions_of(request),
    }


@studio("partners.manage")
@require_POST
def draft_note(request: Request, public_id: str) -> HttpResponse:
    version = load_version(public_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        context = {**_context(request, version), "note_form": form}
        return render_page(request, "partners/version_detail.html", context, status=422)
    try:
        services.change_note(actor=request.actor, version=version, text=form.cleaned_data["note"])
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("Saved."))
    return see_other("version_detail", public_id)


@studio("partners.manage")
@require_POST
def draft_try(request: Request, public_id: str) -> HttpResponse:
    """Try a draft on the last twelve months; the answer comes in the background."""
    version = load_version(public_id)
    try:
        job = services.start_trial(actor=request.actor, version=version, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("version_detail", public_id)
    return see_other("job_detail", job.public_id)


@studio("partners.manage")
@require_POST
def draft_publish(request: Request, public_id: str) -> HttpResponse:
    """Decide a draft: from this day on it applies."""
    version = load_version(public_id)
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            services.publish_version(
                actor=request.actor,
                version=version,
                revision=form.cleaned_data["revision"] or 0,
                applies_at=form.applies_at(),
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Decided. Partners read from today on what will be new, and nothing changes before."))
            return see_other("version_list", version.ladder.public_id)
    context = _context(request, version, form)
    return render_page(request, "partners/version_detail.html", context, status=422)


@studio("partners.manage")
@require_POST
def draft_discard(request: Request, public_id: str) -> HttpResponse:
    version = load_version(public_id)
    try:
        services.discard_draft(actor=request.actor, version=version)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("version_detail", public_id)
    toast(request, _("The draft is gone. What applies is as it was."))
    return see_other("version_list", version.ladder.public_id)


@studio("partners.manage")
def requirement_create(request: Request, public_id: str) -> HttpResponse:
    """Another requirement for a draft."""
    version = load_version(public_id)
    tier = request.GET.get("tier", "")
    found = next((one for one in queries.tiers_of(version.ladder) if one.public_id == tier), None)
    form = RequirementForm(request.POST or None, version=version, initial={"tier": found.pk if found else None})
    if request.method == "POST" and form.is_valid():
        try:
            services.add_requirement(actor=request.actor, version=version, details=form.details())
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Added."))
            return see_other("version_detail", public_id)
    return _requirement_page(request, form, version)


@studio("partners.manage")
def requirement_edit(request: Request, public_id: str) -> HttpResponse:
    requirement = load_requirement(public_id)
    version = requirement.version
    alternatives = [row for row in queries.requirements_of(version) if row.pk != requirement.pk]
    initial = RequirementForm.initial_of(requirement, alternatives)
    form = RequirementForm(request.POST or None, version=version, requirement=requirement, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_requirement(actor=request.actor, requirement=requirement, details=form.details())
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved."))
            return see_other("version_detail", version.public_id)
    return _requirement_page(request, form, version, requirement)


def _requirement_page(
    request: Request, form: RequirementForm, version: LadderVersion, requirement: Requirement | None = None
) -> HttpResponse:
    context = {"form": form, "version": version, "ladder": version.ladder, "requirement": requirement}
    context["problems"] = draft_problems(version)
    return render_page(request, "partners/requirement_edit.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
@require_POST
def requirement_remove(request: Request, public_id: str) -> HttpResponse:
    requirement = load_requirement(public_id)
    try:
        services.remove_requirement(actor=request.actor, requirement=requirement)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("Removed from the draft."))
    return see_other("version_detail", requirement.version.public_id)
