"""What is refused about journeys: templates that cannot begin, circles, steps that cannot be done."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import Journey, JourneyStep, JourneyTemplate, PartnerUser, TemplateStep
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


def moved_phases(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    """Where each phase is afterwards: one that keeps its name goes with it, the others in their order to what is new.

    A phase that is not in it is gone.
    """
    kept = {place: after.index(name) for place, name in enumerate(before) if name in after}
    renamed = [place for place in range(len(before)) if place not in kept]
    new = [place for place in range(len(after)) if place not in kept.values()]
    # Where some are new and others gone at once, a name in the same place was mended.
    same = {place: place for place in renamed if place in new}
    rest = [place for place in new if place not in same]
    more = dict(zip([place for place in renamed if place not in same], rest, strict=False))
    return kept | same | more


def phase_problems(phases: Collection[str], used: Collection[int], places: Mapping[int, int]) -> list[Problem]:
    """Why a template cannot have these phases; `used` are the phases that hold steps now, `places` where each goes."""
    if not phases:
        return [Problem("no_phase", _("A journey needs at least one phase."), "phases")]
    if len(phases) > MOST_PHASES:
        return [Problem("too_many_phases", _("%d phases are the most.") % MOST_PHASES, "phases")]
    if len(set(phases)) < len(phases):
        return [Problem("same_phase", _("Two phases have the same name."), "phases")]
    if set(used) - places.keys():
        words = _("A phase that you took out still has steps. Move or delete them first.")
        return [Problem("phase_in_use", words, "phases")]
    return []


def personal_problems(is_personal: bool, was_personal: bool, has_begun: bool) -> list[Problem]:
    """Why a journey cannot change from one for each company to one for each person, or back."""
    if is_personal == was_personal or not has_begun:
        return []
    words = _("Somebody has begun it already. Make another journey, so that those under way can go on.")
    return [Problem("has_begun", words, "is_personal")]


def step_count_problems(steps: int) -> list[Problem]:
    if steps < MOST_STEPS:
        return []
    return [Problem("too_many_steps", _("%d steps are the most; nobody finishes a longer list.") % MOST_STEPS)]


def incomplete_steps(steps: Iterable[TemplateStep], about: Collection[str]) -> list[TemplateStep]:
    """Those that do not say yet what they are about; `about` are the kinds of steps that must."""
    return [step for step in steps if _is_incomplete(step, about)]


def _is_incomplete(step: TemplateStep, about: Collection[str]) -> bool:
    return (step.kind in about and not step.source_id) or (step.kind == "form" and not step.questions)


def running_step_problems(step: TemplateStep, about: Collection[str]) -> list[Problem]:
    """Why a journey that is switched on cannot have this step: nobody who begins could do it."""
    if not _is_incomplete(step, about):
        return []
    if step.kind == "form":
        return [Problem("incomplete", _("The journey is on: a form needs a question at once."), "q0_label")]
    return [Problem("incomplete", _("The journey is on: say at once what this step is about."), "source_id")]


def step_removal_problems(template: JourneyTemplate, left: int) -> list[Problem]:
    """Why a step cannot be taken out; `left` is how many others there are."""
    if left or not template.is_on:
        return []
    return [Problem("last_step", _("The journey is on, and this is its last step. Switch it off first."))]


def switch_on_problems(
    template: JourneyTemplate, steps: Collection[TemplateStep], about: Collection[str], gone: Collection[str] = ()
) -> list[Problem]:
    """Why nobody can begin this journey yet; `gone` are the titles of steps about what is no longer there."""
    if template.archived_at is not None:
        return [Problem("archived", _("This journey is archived. Bring it back first."))]
    if not steps:
        return [Problem("no_steps", _("Add at least one step first."))]
    lacking = incomplete_steps(steps, about)
    if not lacking:
        return _gone_problems(gone)
    words = ngettext(
        "One step does not say yet what it is about: %(titles)s.",
        "%(n)d steps do not say yet what they are about: %(titles)s.",
        len(lacking),
    )
    return [Problem("incomplete", words % {"n": len(lacking), "titles": ", ".join(step.title for step in lacking)})]


def _gone_problems(gone: Collection[str]) -> list[Problem]:
    if not gone:
        return []
    words = ngettext(
        "What one step is about is no longer there: %(titles)s.",
        "What %(n)d steps are about is no longer there: %(titles)s.",
        len(gone),
    )
    return [Problem("gone", words % {"n": len(gone), "titles": ", ".join(gone)})]


def start_problems(template: JourneyTemplate) -> list[Problem]:
    if template.is_on:
        return []
    return [Problem("switched_off", _("Switch “%s” on first.") % template.name)]


def stopped_problems(journey: Journey) -> list[Problem]:
    """Why nothing can be done about the steps of a journey."""
    if journey.state != Journey.State.STOPPED:
        return []
    return [Problem("stopped", _("This journey is stopped: %s.") % journey.stop_reason.rstrip("."))]


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
