"""Competitor care: pairs and rules, for colleagues only."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.conditions.checking import rule_problems
from partners.conditions.subjects import Subjects
from partners.forms.competitors import GradeForm, RuleForm
from partners.forms.rule_builder import RuleBuilder
from partners.models import Competition
from partners.queries import competitors as queries
from partners.services import competitors as services
from partners.views.studio.choosing import asked_partner, choices
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import is_preview, render_page, see_other, toast


@studio("partners.view")
@require_safe
def competition_list(request: Request) -> HttpResponse:
    """Rules with whom they touch, and marked pairs."""
    context = {
        "rules": queries.rules_listed(request.now),
        "page": page_of(queries.pairs_listed(), request).map(queries.pair_of_rivals),
        **permissions_of(request),
    }
    return render_page(request, "partners/competition_list.html", context, {"pairs": "pairs"})


@studio("partners.manage")
def competition_rule(request: Request) -> HttpResponse:
    """A rule, with whom it would touch before it is saved."""
    form = RuleForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        context["touch"] = queries.touched_by(form.drafted(), request.now)
        if not is_preview(request):
            try:
                return _add(request, form)
            except Refused as refusal:
                form.add_problems(refusal)
    status = 422 if form.errors else 200
    return render_page(request, "partners/competition_rule.html", context, {"preview": "preview"}, status=status)


def _add(request: Request, form: RuleForm) -> HttpResponse:
    grade, reason = form.cleaned_data["grade"], form.cleaned_data["reason"]
    services.add_rule(actor=request.actor, grade=grade, reason=reason, now=request.now, **form.rule())
    toast(request, _("The rule holds from now on, wherever partners are brought together."))
    return see_other("competition_list")


@studio("partners.manage")
def competition_conditions(request: Request) -> HttpResponse:
    """A rule with conditions, built as rules of groups are, beside whom it would touch."""
    subjects = Subjects()
    is_post = request.method == "POST"
    builder = RuleBuilder.sent(request.POST, subjects) if is_post else RuleBuilder.of(None, subjects)
    is_saved = request.POST.get("act") == "save"
    form = GradeForm(request.POST if is_post else None)
    refusal: Refused | None = None
    if is_saved and form.is_valid():
        try:
            services.add_conditions(actor=request.actor, block=builder.block, now=request.now, **form.cleaned_data)
        except Refused as refused:
            refusal = refused
        else:
            toast(request, _("The rule holds from now on, wherever partners are brought together."))
            return see_other("competition_list")
    problems = rule_problems(builder.block, subjects)
    context = {
        "form": form,
        "root": builder.root,
        "problems": refusal.problems if refusal else [],
        "hint": "; ".join(str(problem.message) for problem in problems[:1]),
        "touch": None if problems else queries.touch_of(builder.block, request.now, subjects),
    }
    status = 422 if refusal or form.errors else 200
    partials = {"rule-builder": "builder"}
    return render_page(request, "partners/competition_conditions.html", context, partials, status=status)


@studio("partners.manage")
def competition_pair(request: Request) -> HttpResponse:
    """Two partners and how much room they need: chosen one after the other."""
    partner, other = asked_partner(request, "partner"), asked_partner(request, "other")
    if partner is None or other is None:
        missing = "other" if partner is not None else "partner"
        found = {"partner": partner, "choices": choices(request, missing, partner)}
        return render_page(request, "partners/competition_choose.html", found, {"choices": "choices"})
    form = GradeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("grade", "reason")}
        try:
            services.mark_pair(actor=request.actor, partners=(partner, other), now=request.now, **values)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%(one)s and %(other)s are marked.") % {"one": partner.name, "other": other.name})
            return see_other("competition_list")
    context = {"form": form, "partner": partner, "other": other}
    return render_page(request, "partners/competition_pair.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
@require_POST
def competition_remove(request: Request, public_id: str) -> HttpResponse:
    """A pair or a rule that holds no longer."""
    rows = Competition.objects.select_related("first", "second", "group", "attribute")
    services.unmark(actor=request.actor, mark=get_object_or_404(rows, public_id=public_id))
    toast(request, _("Removed."))
    return see_other("competition_list")
