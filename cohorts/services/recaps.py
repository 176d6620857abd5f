"""Recaps: drafted from what is known of a session, edited by a facilitator, sent once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cohorts import facts, rules
from cohorts.models import RECAP_MACHINE, Recap, Session
from cohorts.queries.people import confirmed_members
from cohorts.services.attendance import remember_contents
from prm.accounts.actors import Actor
from prm.activity.services import record
from prm.audit.services import note
from prm.outbox.services import post
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.violations import refused_by
from prm.tenancy.wakeups import wake


@transaction.atomic
def save_recap(*, actor: Actor, session: Session, revision: int, body: str, now: datetime) -> Recap:
    """Keep a recap as a draft, or change one that waits for its time. `revision` 0 is a recap that is not kept yet.

    Raises `Refused`: sent, empty (one that waits cannot become empty), changed_meanwhile.
    """
    recap = Recap.objects.filter(session=session).select_for_update(no_key=True).first()
    if recap is None:
        return _begin(session, body, now)
    if recap.state == Recap.State.SENT:
        raise Refused(Problem("sent", _("This recap was sent: it can no longer be changed.")))
    if recap.state == Recap.State.SCHEDULED and not rules.says_something(body):
        raise Refused(Problem("empty", _("An empty recap is not sent."), field="body"))
    update_if_unchanged(recap, revision, body=body)
    return recap


def _begin(session: Session, body: str, now: datetime) -> Recap:
    text = _("Somebody saved this meanwhile. Your words are kept below; compare and save again.")
    with refused_by("cohorts_recap_once", Problem("changed_meanwhile", text)):
        return Recap.objects.create(session=session, body=body, drafted_at=now)


@transaction.atomic
def schedule_recap(*, actor: Actor, recap: Recap, send_at: datetime, now: datetime) -> None:
    """Have the recap sent at `send_at`. Raises `Refused` with what `rules.recap_problems` says."""
    session = recap.session
    refuse_if(rules.recap_problems(session=session, state=recap.state, body=recap.body, now=now, send_at=send_at))
    RECAP_MACHINE.move(recap, "schedule", send_at=send_at)
    note(
        actor=actor,
        verb="cohorts.recap_scheduled",
        obj=recap,
        label=recap.session.title,
        changes={"send_at": ["", send_at]},
    )
    wake("plan", send_at)


@transaction.atomic
def unschedule_recap(*, actor: Actor, recap: Recap) -> None:
    """Keep a scheduled recap from being sent. Raises `Refused`: wrong_state."""
    RECAP_MACHINE.move(recap, "unschedule", send_at=None)
    note(actor=actor, verb="cohorts.recap_unscheduled", obj=recap, label=recap.session.title)


@transaction.atomic
def send_recap(*, actor: Actor, recap: Recap, now: datetime) -> None:
    """Send the recap now to all whose role reads it; of two who send it at once one does.

    Raises `Refused` with what `rules.recap_problems` says, or wrong_state.
    """
    session = recap.session
    refuse_if(rules.recap_problems(session=session, state=recap.state, body=recap.body, now=now, send_at=None))
    RECAP_MACHINE.move(recap, "send", sent_at=now)
    for member in confirmed_members(session.cohort, "reads_recaps"):
        post(kind="cohorts.recap", subject_id=recap.pk, recipient=member, now=now)
    remember_contents(session=session, now=now)
    record(kind=facts.RECAP_SENT, at=now, object_id=session.pk)
    note(actor=actor, verb="cohorts.recap_sent", obj=recap, label=recap.session.title)


def send_due_recaps(now: datetime) -> datetime | None:
    """Send what waited for its time; returns when the next one is due. A recap whose session was canceled stays."""
    actor = Actor.system("recaps")
    due = Recap.objects.due(now).exclude(session__state=Session.State.CANCELLED)
    for recap in due.select_related("session__cohort").order_by("send_at", "id"):
        try:
            send_recap(actor=actor, recap=recap, now=now)
        except Refused:
            # Somebody sent it or took it back in this moment: nothing is left to do.
            continue
    ahead = Recap.objects.filter(state=Recap.State.SCHEDULED, send_at__gt=now)
    return ahead.order_by("send_at").values_list("send_at", flat=True).first()
