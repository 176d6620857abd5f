"""What may be published, asked and answered, and in which order options are shown. No query, no clock, no request."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enablement.memory import MUST_KNOW_RETENTION, NORMAL_RETENTION, Rating
from enablement.models import Content, Nudge, RecallItem, RecallVariant
from partners.names import fold
from prm.problems import Problem

FEWEST_OPTIONS, MOST_OPTIONS = 4, 6
MOST_VARIANTS = 4
ROUND_SIZE = 5
ROUND_SIZE_BY_MAIL = 2


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording of a question as somebody typed it; empty options are already left out."""

    question: str
    options: tuple[str, ...]
    correct: int | None

    def stored(self) -> list[dict[str, Any]]:
        """The options as a variant keeps them."""
        return [{"text": text, "correct": place == self.correct} for place, text in enumerate(self.options)]


def publish_problems(content: Content, audience_count: int) -> list[Problem]:
    """Why the content cannot be published (blockers), or what deserves a look before (warnings)."""
    problems = []
    if content.kind == Content.Kind.ARTICLE and not content.body.strip():
        problems.append(Problem("no_text", _("Write the article first: it has no text yet."), "body"))
    if content.kind == Content.Kind.FILE and content.file_id is None:
        problems.append(Problem("no_file", _("Choose the file first."), "file"))
    if content.kind == Content.Kind.LINK and not content.url:
        problems.append(Problem("no_address", _("Say where the link leads first."), "url"))
    if not audience_count:
        message = _("Nobody is allowed to see it yet. Choose for whom it is, then partners find it in their portal.")
        problems.append(Problem("nobody", message, level="warning"))
    return problems


def item_problems(claim: str, wordings: Sequence[Wording]) -> list[Problem]:
    """What is wrong with a recall item. A wording's problems have a field `<place>-question` or `<place>-options`."""
    problems = []
    if not claim.strip():
        problems.append(Problem("no_claim", _("Say in one sentence what is to be remembered."), "claim"))
    if not wordings:
        problems.append(Problem("no_question", _("Write at least one question that asks for it."), "0-question"))
    if len(wordings) > MOST_VARIANTS:
        problems.append(Problem("too_many", _("At most four wordings share one memory."), f"{MOST_VARIANTS}-question"))
    seen: set[str] = set()
    for place, wording in enumerate(wordings):
        problems += _wording_problems(place, wording)
        if fold(wording.question) in seen:
            message = _("This wording is there already. Ask in other words, or for another case.")
            problems.append(Problem("same_question", message, f"{place}-question"))
        seen.add(fold(wording.question))
    return problems


def _wording_problems(place: int, wording: Wording) -> list[Problem]:
    problems = []
    options = [fold(option) or option.strip() for option in wording.options]
    field = f"{place}-options"
    if not wording.question.strip():
        problems.append(Problem("no_question", _("Write the question."), f"{place}-question"))
    if len(options) < FEWEST_OPTIONS:
        missing = FEWEST_OPTIONS - len(options)
        message = ngettext("One more plausible answer is needed.", "%(n)d more plausible answers are needed.", missing)
        problems.append(Problem("too_few_options", message % {"n": missing}, field))
    if len(options) > MOST_OPTIONS:
        problems.append(Problem("too_many_options", _("At most six answers: more is reading, not remembering."), field))
    if len(set(options)) < len(options):
        problems.append(Problem("same_option", _("Two answers say the same."), field))
    if wording.correct is None or not 0 <= wording.correct < len(options):
        problems.append(Problem("no_correct", _("Mark the answer that is right; it must not be empty."), field))
    return problems


def retention_of(item: RecallItem) -> float:
    """How much of it is to be remembered before it is asked for again."""
    return MUST_KNOW_RETENTION if item.criticality == RecallItem.Criticality.MUST_KNOW else NORMAL_RETENTION


def shown_order(variant: RecallVariant, seed: str) -> list[int]:
    """The places of the variant's options in the order in which they are shown; the same seed, the same order."""
    order = list(range(len(variant.options)))
    random.Random(seed).shuffle(order)  # nosec B311 - against habits, not a secret
    return order


def rating_of(variant: RecallVariant, choice: int | None, guessed: bool) -> Rating:
    """Wrong or "not sure" is Again, right but guessed Hard, right Good. `choice` is a place in the options."""
    if choice is None or not variant.options[choice]["correct"]:
        return Rating.AGAIN
    return Rating.HARD if guessed else Rating.GOOD


def choice_of(variant: RecallVariant, seed: str, shown: str) -> int | None:
    """The option that was pressed as its shown number (from 1); "0" is "not sure". ValueError for anything else."""
    if not (shown.isascii() and shown.isdigit() and len(shown) == 1):
        raise ValueError(shown)
    number = int(shown)
    if number > len(variant.options):
        raise ValueError(shown)
    return shown_order(variant, seed)[number - 1] if number else None


def nudge_problem(nudge: Nudge, item: RecallItem, is_askable: bool, now: datetime) -> Problem | None:
    """Why a mail's question cannot be answered any more, told kindly; None when it can."""
    if nudge.answered_at is not None:
        return Problem("used", _("You have answered this question already. Thank you!"))
    if item.state == RecallItem.State.RETIRED or not is_askable:
        return Problem("withdrawn", _("This question was taken back meanwhile. There is nothing to do."))
    if nudge.expires_at <= now:
        return Problem("expired", _("This question has had its time. It comes back when it is due again."))
    return None
