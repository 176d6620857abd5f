"""Calls for partners: written, opened, closed; their questions, profile, checklist and words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from partners import rules
from partners.models import CallReviewer, DeclineReason, Group, RecruitmentCall, RecruitmentTarget
from partners.queries.recruitment import profile_of
from partners.recruiting.gap import Gap
from partners.recruiting.questions import Question, first_questions, questions_of
from partners.recruiting.scoring import Criterion
from partners.recruiting.wordings import house_words
from partners.services.screening import rescore
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.public_ids import new_public_id


@dataclass(frozen=True)
class CallDetails:
    """What a call says and how it runs.

    `targets` are groups beside the one that it is for, `checklist` lines of text.
    """

    title: str
    group: Group | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    why: str = ""
    gains: str = ""
    expectations: str = ""
    account_manager: Membership | None = None
    answer_days: int = 14
    reapply_months: int = 6
    keep_months: int = 12
    targets: Sequence[Group] = ()
    reviewers: Sequence[Membership] = ()
    checklist: Sequence[str] = ()

    def columns(self) -> dict[str, Any]:
        names = self.__dataclass_fields__.keys() - {"targets", "reviewers", "checklist"}
        return {name: getattr(self, name) for name in names} | {"title": " ".join(self.title.split())}

    def checked(self, known: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
        """What is looked at for each application. A line that stays keeps its key, and so its ticks."""
        keys = {row["label"]: row["key"] for row in known}
        labels = dict.fromkeys(" ".join(line.split())[:160] for line in self.checklist if line.strip())
        return [{"key": keys.get(label) or new_public_id(), "label": label} for label in labels]


@transaction.atomic
def create_call(*, actor: Actor, details: CallDetails, gap: Gap | None = None, now: datetime) -> RecruitmentCall:
    """Write a new call, a draft with the first questions; for a gap also with those that ask for it, and weighed.

    Raises `Refused`: no_colleague, no_reviewer.
    """
    refuse_if(rules.account_manager_problems(details.account_manager) + rules.reviewer_problems(details.reviewers))
    questions = [*first_questions(), *(gap.questions() if gap else ())]
    call: RecruitmentCall = RecruitmentCall.objects.create(
        **details.columns(),
        checklist=details.checked([]),
        questions=[question.kept() for question in questions],
        profile=[criterion.kept() for criterion in gap.criteria()] if gap else [],
        created_at=now,
    )
    _link(call, details)
    note(actor=actor, verb="partners.call_created", obj=call)
    return call


@transaction.atomic
def change_call(*, actor: Actor, call: RecruitmentCall, revision: int, details: CallDetails) -> None:
    """Change what a call says. Raises `Refused`: changed_meanwhile, no_colleague, no_reviewer."""
    refuse_if(rules.account_manager_problems(details.account_manager) + rules.reviewer_problems(details.reviewers))
    changes = update_if_unchanged(call, revision, **details.columns(), checklist=details.checked(call.checklist))
    _link(call, details)
    if "checklist" in changes:
        changes["checklist"] = [[row["label"] for row in lines] for lines in changes["checklist"]]
    note(actor=actor, verb="partners.call_changed", obj=call, changes=changes)


def _link(call: RecruitmentCall, details: CallDetails) -> None:
    """Its groups and reviewers, exactly these."""
    call.targets.exclude(group__in=[group.pk for group in details.targets]).delete()
    RecruitmentTarget.objects.bulk_create(
        [RecruitmentTarget(call=call, group=group) for group in details.targets], ignore_conflicts=True
    )
    call.reviewers.exclude(membership__in=[member.pk for member in details.reviewers]).delete()
    CallReviewer.objects.bulk_create(
        [CallReviewer(call=call, membership=member) for member in details.reviewers], ignore_conflicts=True
    )


@transaction.atomic
def open_call(*, actor: Actor, call: RecruitmentCall) -> None:
    """Let companies apply. Raises `Refused`: no_promise, no_name."""
    locked = _lock(call)
    refuse_if(rules.call_problems(locked, questions_of(locked.questions)))
    _set_state(actor, locked, RecruitmentCall.State.OPEN)


@transaction.atomic
def close_call(*, actor: Actor, call: RecruitmentCall) -> None:
    """Take no more applications; those that came stay where they are."""
    _set_state(actor, _lock(call), RecruitmentCall.State.CLOSED)


def _set_state(actor: Actor, call: RecruitmentCall, state: str) -> None:
    before = call.state
    if before != state:
        RecruitmentCall.objects.filter(pk=call.pk).update(state=state)
        note(actor=actor, verb="partners.call_moved", obj=call, changes={"state": [before, state]})


@transaction.atomic
def save_question(*, actor: Actor, call: RecruitmentCall, question: Question) -> None:
    """Add a question, or put it in the place of the one with its key. Raises `Refused` with what the rules say."""
    locked = _lock(call)
    listed = questions_of(locked.questions)
    others = [row for row in listed if row.key != question.key]
    before = next((row for row in listed if row.key == question.key), None)
    refuse_if(rules.question_problems(question, others, before))
    if not question.key:
        listed.append(replace(question, key=new_public_id()))
    else:
        listed = [question if row.key == question.key else row for row in listed]
    _save_questions(actor, locked, listed)


@transaction.atomic
def remove_question(*, actor: Actor, call: RecruitmentCall, key: str) -> None:
    """Ask it no longer; answers given already stay with their applications. Raises `Refused`: is_name, is_weighed."""
    locked = _lock(call)
    criteria, listed = profile_of(locked)
    found = next((row for row in listed if row.key == key), None)
    if found is not None:
        refuse_if(rules.removal_of_question_problems(found, criteria))
        _save_questions(actor, locked, [row for row in listed if row.key != key])


@transaction.atomic
def move_question(*, actor: Actor, call: RecruitmentCall, key: str, is_up: bool) -> None:
    """One place up or down."""
    locked = _lock(call)
    listed = questions_of(locked.questions)
    place = next((at for at, row in enumerate(listed) if row.key == key), None)
    other = None if place is None else place + (-1 if is_up else 1)
    if place is not None and other is not None and 0 <= other < len(listed):
        listed[place], listed[other] = listed[other], listed[place]
        _save_questions(actor, locked, listed)


def _save_questions(actor: Actor, call: RecruitmentCall, questions: Sequence[Question]) -> None:
    before = [row["label"] for row in call.questions]
    RecruitmentCall.objects.filter(pk=call.pk).update(questions=[question.kept() for question in questions])
    changes = {"questions": [before, [question.label for question in questions]]}
    note(actor=actor, verb="partners.call_questions_changed", obj=call, changes=changes)


@transaction.atomic
def set_profile(
    *, actor: Actor, call: RecruitmentCall, version: int, criteria: Sequence[Criterion], now: datetime
) -> int:
    """Write the ideal profile over the version that was read, and weigh undecided applications by it at once.

    Returns how many were weighed anew. Raises `Refused`: changed_meanwhile, and what the rules say.
    """
    locked = _lock(call)
    if locked.profile_version != version:
        words = _("Somebody saved this meanwhile. Your words are kept below; compare and save again.")
        raise Refused(Problem("changed_meanwhile", words))
    refuse_if(rules.ideal_problems(criteria, questions_of(locked.questions)))
    profile = [criterion.kept() for criterion in criteria]
    if profile == locked.profile:
        return 0
    before = {row["label"]: row["weight"] for row in locked.profile}
    locked.profile, locked.profile_version = profile, version + 1
    RecruitmentCall.objects.filter(pk=call.pk).update(profile=profile, profile_version=version + 1)
    after = {criterion.label: criterion.weight for criterion in criteria}
    note(actor=actor, verb="partners.call_profile_changed", obj=locked, changes={"profile": [before, after]})
    return rescore(call=locked, now=now)


@transaction.atomic
def set_wordings(*, actor: Actor, call: RecruitmentCall, revision: int, wordings: Mapping[str, str]) -> None:
    """The organization's own words of declines; words that are the house's, or none, are not kept.

    Raises `Refused`: changed_meanwhile.
    """
    own = {
        reason: words.strip()
        for reason, words in wordings.items()
        if reason in DeclineReason.values and words.strip() and words.strip() != house_words(reason)
    }
    changes = update_if_unchanged(call, revision, wordings=own)
    note(actor=actor, verb="partners.call_wordings_changed", obj=call, changes=changes)


def _lock(call: RecruitmentCall) -> RecruitmentCall:
    return RecruitmentCall.objects.select_for_update(no_key=True).get(pk=call.pk)
