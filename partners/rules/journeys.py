"""What is refused about journeys: templates that cannot begin, circles, steps that cannot be done."""

from collections.abc import Collection, Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import JourneyStep, JourneyTemplate, PartnerUser, TemplateStep
from prm.problems import Problem

MOST_STEPS = 60
MOST_PHASES = 10
MOST_QUESTIONS = 10


def circle_problems(key: str, waits_for: Collection[str], known: Mapping[str, Collection[str]]) -> list[Problem]:
    """Why the step `key` cannot wait for these: it would wait for itself. `known` is what each step waits for now."""
    reached: set[str] = set()
    ahead = list(waits_for)
    while ahead:
        step = ahead.pop()
        if step == key:
            words = _("These steps would wait for each other, and none could ever begin. Take one of them out.")
            return [Problem("circle", words, "waits_for")]
        if step not in reached:
            reached.add(step)
            ahead.extend(known.get(step, ()))
    return []


def phase_problems(phases: Collection[str], used: Collection[int]) -> list[Problem]:
    """Why a template cannot have these phases; `used` are the places of those that hold steps."""
    if not phases:
        return [Problem("no_phase", _("A journey needs at least one phase."), "phases")]
    if len(phases) > MOST_PHASES:
        return [Problem("too_many_phases", _("%d phases are the most.") % MOST_PHASES, "phases")]
    if used and max(used) >= len(phases):
        words = _("A phase that you took out still has steps. Move or delete them first.")
        return [Problem("phase_in_use", words, "phases")]
    return []


def step_count_problems(steps: int) -> list[Problem]:
    if steps < MOST_STEPS:
        return []
    return [Problem("too_many_steps", _("%d steps are the most; nobody finishes a longer list.") % MOST_STEPS)]


def incomplete_steps(steps: Iterable[TemplateStep], about: Collection[str]) -> list[TemplateStep]:
    """Those that do not say yet what they are about; `about` are the kinds of steps that must."""
    return [step for step in steps if _is_incomplete(step, about)]


def _is_incomplete(step: TemplateStep, about: Collection[str]) -> bool:
    return (step.kind in about and not step.source_id) or (step.kind == "form" and not step.questions)


def switch_on_problems(
    template: JourneyTemplate, steps: Collection[TemplateStep], about: Collection[str]
) -> list[Problem]:
    """Why nobody can begin this journey yet."""
    if template.archived_at is not None:
        return [Problem("archived", _("This journey is archived. Bring it back first."))]
    if not steps:
        return [Problem("no_steps", _("Add at least one step first."))]
    lacking = incomplete_steps(steps, about)
    if not lacking:
        return []
    words = ngettext(
        "One step does not say yet what it is about: %(titles)s.",
        "%(n)d steps do not say yet what they are about: %(titles)s.",
        len(lacking),
    )
    return [Problem("incomplete", words % {"n": len(lacking), "titles": ", ".join(step.title for step in lacking)})]


def start_problems(template: JourneyTemplate) -> list[Problem]:
    if template.is_on:
        return []
    return [Problem("switched_off", _("Switch “%s” on first.") % template.name)]


def doing_problems(step: JourneyStep, is_done_elsewhere: bool) -> list[Problem]:
    """Why somebody cannot mark a step done by a click."""
    if step.state == JourneyStep.State.WAITING:
        return [Problem("comes_later", _("This step opens when the ones before it are done."))]
    if step.state != JourneyStep.State.OPEN:
        return [Problem("settled", _("This step is settled already: %s.") % step.get_state_display())]
    if is_done_elsewhere:
        return [Problem("done_elsewhere", _("This step is done by itself as soon as you are through with it."))]
    return []


def signing_problems(is_personal: bool, user: PartnerUser, has_read: bool) -> list[Problem]:
    """Why this person cannot accept an agreement."""
    if not is_personal and not user.is_lead:
        return [Problem("leads_only", _("A lead of your company accepts this. Ask one of them."))]
    if not has_read:
        return [Problem("not_ticked", _("Tick that you accept it."), "accepts")]
    return []


def answer_problems(questions: Iterable[Mapping[str, object]], answers: Mapping[str, str]) -> list[Problem]:
    """What is missing in a form's answers."""
    return [
        Problem("missing", _("Please answer this."), str(question["key"]))
        for question in questions
        if question.get("is_required") and not answers.get(str(question["key"]), "").strip()
    ]


def waiver_problems(reason: str) -> list[Problem]:
    if reason.strip():
        return []
    return [Problem("no_reason", _("Say why, so that the partner and your colleagues understand it."), "reason")]
