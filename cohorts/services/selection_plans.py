"""How a cohort selects: its questions and settings, written by staff."""

from collections.abc import Callable, Sequence

from django.db import transaction

from cohorts import questions as grammar
from cohorts import rules
from cohorts.models import Cohort, SelectionPlan
from cohorts.queries.selection_plans import form_of, is_answered, last_plan_with_questions
from cohorts.questions import Question, asked, kept_questions, questions_of
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.problems import refuse_if
from prm.tenancy.editing import update_if_unchanged


def begin_form(cohort: Cohort) -> None:
    """A new cohort asks what the program's last one asked, in a copy; with none before, the house's first questions."""
    former = last_plan_with_questions(cohort)
    if former is not None:
        questions = asked(questions_of(former.questions))
        SelectionPlan.objects.create(cohort=cohort, questions=kept_questions(questions))


def save_question(*, actor: Actor, cohort: Cohort, question: Question) -> None:
    """Ask one more thing, or write a question anew under its key. Raises `Refused` with what the grammar says."""

    def change(listed: list[Question]) -> list[Question]:
        others = [row for row in listed if row.key != question.key]
        refuse_if(grammar.question_problems(question, others))
        return grammar.save_question(listed, question)

    _change(actor, cohort, change)


def remove_question(*, actor: Actor, cohort: Cohort, key: str) -> None:
    """Ask it no longer; answers that were given stay, and are shown as such. Raises `Refused`: last."""

    def change(listed: list[Question]) -> list[Question]:
        refuse_if(rules.removal_problems(listed, key))
        return grammar.remove_question(listed, key, is_answered=is_answered(cohort, key))

    _change(actor, cohort, change)


def restore_question(*, actor: Actor, cohort: Cohort, key: str) -> None:
    """Ask it again. Raises `Refused` where the same is asked meanwhile, or the form is full."""

    def change(listed: list[Question]) -> list[Question]:
        found = [row for row in listed if row.key == key]
        refuse_if(grammar.question_problems(found[0], [row for row in listed if row.key != key]) if found else [])
        return grammar.restore_question(listed, key)

    _change(actor, cohort, change)


def move_question(*, actor: Actor, cohort: Cohort, key: str, is_up: bool) -> None:
    _change(actor, cohort, lambda listed: grammar.move_question(listed, key, is_up=is_up))


@transaction.atomic
def edit_plan(*, actor: Actor, cohort: Cohort, revision: int, **settings: object) -> None:
    """Change the settings around decisions and offers. Raises `Refused`: changed_meanwhile."""
    plan = own_plan(cohort)
    changed = update_if_unchanged(plan, revision, **settings)
    if changed:
        note(actor=actor, verb="cohorts.selection_edited", obj=cohort, changes=changed)


@transaction.atomic
def _change(actor: Actor, cohort: Cohort, change: Callable[[list[Question]], Sequence[Question]]) -> None:
    plan = own_plan(cohort)
    before = form_of(plan)
    after = list(change(before))
    if after == before:
        return
    SelectionPlan.objects.filter(pk=plan.pk).update(questions=kept_questions(after), revision=plan.revision + 1)
    changes = {"questions": [[row.label for row in asked(rows)] for rows in (before, after)]}
    note(actor=actor, verb="cohorts.questions_changed", obj=cohort, changes=changes)


def own_plan(cohort: Cohort) -> SelectionPlan:
    """The cohort's plan, made where there is none, and held until the transaction ends."""
    SelectionPlan.objects.bulk_create([SelectionPlan(cohort=cohort)], ignore_conflicts=True)
    found: SelectionPlan = SelectionPlan.objects.select_for_update(no_key=True).get(cohort=cohort)
    return found
