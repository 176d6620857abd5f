"""Looking at applications to become a partner: stages, checklist, reviewers, comments, asking for more, scores."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from partners import rules
from partners.days import day_of
from partners.models import (
    APPLICATION_STAGES,
    ApplicationComment,
    ApplicationQuestion,
    ApplicationReviewer,
    PartnerApplication,
    RecruitmentCall,
)
from partners.queries.recruitment import gaps_for, profile_of
from partners.recruiting.scoring import score
from partners.services.applying import lock_application
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.outbox.services import post
from prm.problems import Problem, Refused, refuse_if

ASKED_MAIL = "partners.application_asked"
# What colleagues may do with a stage by a button; the other moves come with more.
MOVES = ("screen", "put_back")


@transaction.atomic
def move_application(*, actor: Actor, application: PartnerApplication, verb: str, seen: str) -> None:
    """Put an application into another stage by hand; `seen` is the stage from which it was moved.

    Raises `Refused`: no_such_move, wrong_state where it is elsewhere meanwhile.
    """
    if verb not in MOVES:
        raise Refused(Problem("no_such_move", _("There is no such stage.")))
    locked = lock_application(application)
    before = locked.state
    if before != seen:
        words = _("This is no longer possible: meanwhile it is “%s”.") % locked.get_state_display()
        raise Refused(Problem("wrong_state", words))
    APPLICATION_STAGES.move(locked, verb)
    if before == PartnerApplication.State.QUESTION:
        # Nobody waits for the answer any more.
        locked.asked.filter(answered_at=None).delete()
    note(actor=actor, verb="partners.application_moved", obj=locked, changes={"state": [before, locked.state]})


@transaction.atomic
def tick(*, actor: Actor, application: PartnerApplication, done: Collection[str]) -> None:
    """Say which lines of the call's checklist are done. Raises `Refused`: wrong_state."""
    locked = lock_application(application)
    refuse_if(rules.decision_problems(locked))
    labels = {row["key"]: row["label"] for row in locked.call.checklist}
    kept = [key for key in labels if key in done]
    if kept == locked.done:
        return
    before = [labels[key] for key in locked.done if key in labels]
    PartnerApplication.objects.filter(pk=locked.pk).update(done=kept)
    changes = {"done": [before, [labels[key] for key in kept]]}
    note(actor=actor, verb="partners.application_checked", obj=locked, changes=changes)


@transaction.atomic
def set_reviewers(*, actor: Actor, application: PartnerApplication, members: Collection[Membership]) -> None:
    """Say which colleagues look at it. Raises `Refused` with no_reviewer for somebody who may not."""
    refuse_if(rules.reviewer_problems(members))
    locked = lock_application(application)
    rows = locked.reviewers.select_related("membership__person")
    before = {row.membership_id: str(row.membership) for row in rows}
    after = {member.pk: str(member) for member in members}
    if before.keys() == after.keys():
        return
    locked.reviewers.exclude(membership__in=after).delete()
    ApplicationReviewer.objects.bulk_create(
        ApplicationReviewer(application=locked, membership_id=pk) for pk in after if pk not in before
    )
    changes = {"reviewers": [sorted(before.values()), sorted(after.values())]}
    note(actor=actor, verb="partners.application_assigned", obj=locked, changes=changes)


def comment(*, author: Membership, application: PartnerApplication, text: str, now: datetime) -> ApplicationComment:
    """Say something that colleagues read and the applicant never does. Raises `Refused` with no_words."""
    if not text.strip():
        raise Refused(Problem("no_words", _("Write something first."), "text"))
    said: ApplicationComment = ApplicationComment.objects.create(
        application=application, author=author, text=text.strip(), at=now
    )
    return said


@transaction.atomic
def ask_for_more(
    *, actor: Actor, asker: Membership, application: PartnerApplication, text: str, now: datetime
) -> ApplicationQuestion:
    """Ask the applicant something by mail; the application waits for the answer.

    Raises `Refused`: no_words, wrong_state.
    """
    if not text.strip():
        raise Refused(Problem("no_words", _("Write what you would like to know."), "text"))
    locked = lock_application(application)
    APPLICATION_STAGES.move(locked, "ask", answered_at=locked.answered_at or now)
    asked: ApplicationQuestion = ApplicationQuestion.objects.create(
        application=locked, asked_by=asker, text=text.strip(), asked_at=now
    )
    note(actor=actor, verb="partners.application_asked", obj=locked)
    post(kind=ASKED_MAIL, subject_id=asked.pk, address=locked.email, name=locked.contact_name, now=now)
    return asked


def rescore(*, call: RecruitmentCall, now: datetime) -> int:
    """Weigh every undecided application of a call anew by its present profile; returns how many."""
    criteria, questions = profile_of(call)
    gaps = gaps_for(criteria, questions, day_of(now))
    rows = list(PartnerApplication.objects.undecided().filter(call=call).select_for_update(no_key=True).order_by("pk"))
    for row in rows:
        found = score(criteria, questions, row.answers, gaps)
        row.score, row.score_parts = found.total, [part.kept() for part in found.parts]
        row.score_version = call.profile_version
    PartnerApplication.objects.bulk_update(rows, ["score", "score_parts", "score_version"], batch_size=500)
    return len(rows)
