"""Mails on the way into a cohort: nomination, application, decision, seat."""

from datetime import datetime

from django.utils.translation import gettext as _

from cohorts import rules
from cohorts.emails.words import (
    expectations,
    farewells,
    greeting,
    home_link,
    invitations,
    moment,
    recipient_of,
    sessions_ahead,
)
from cohorts.models import Application, Cohort, Decision, Nomination, Seat, SeatInvitation, SelectionPlan, Session
from cohorts.parts import Part
from cohorts.queries.calendars import keeps_sessions, where
from cohorts.queries.teams import has_said_yes, one_team, place_of_seat
from cohorts.rules import Moment
from cohorts.walltime import occasion
from prm.addresses import address
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.models import Message

# After these answers somebody else of the company may be right.
NAMES_COLLEAGUE = (Decision.Reason.TOO_SENIOR, Decision.Reason.TOO_TACTICAL)


def nominated(message: Message) -> Mail:
    """To the nominee: who thinks of them, for what, and the two answers."""
    nomination = Nomination.objects.select_related("cohort__program", "nominated_by__person").get(pk=message.subject_id)
    cohort = nomination.cohort
    nominator = nomination.nominated_by.person
    return Mail(
        template="cohorts/emails/nominated",
        context={
            "greeting": greeting(recipient_of(message)),
            "nominator": str(nominator),
            "cohort": cohort.title,
            "note": nomination.note,
            "promise": cohort.program.promise,
            "until": "" if nomination.is_late else moment(cohort.applications_close_at),
            "minutes": str(cohort.program.weekly_minutes),
        },
        button=(_("Look at it and answer"), address("nomination_answer", nomination.token, absolute=True)),
        from_name=str(nominator),
        reply_to=nominator.email,
    )


def is_still_nominated(message: Message, now: datetime) -> bool:
    nomination = Nomination.objects.open().filter(pk=message.subject_id).select_related("cohort").first()
    return nomination is not None and rules.takes_nominee(nomination.cohort, now, is_late=nomination.is_late)


def application_received(message: Message) -> Mail:
    """To the applicant: it arrived, what comes next, until when it can be changed."""
    application = Application.objects.select_related("cohort").get(pk=message.subject_id)
    cohort = application.cohort
    return Mail(
        template="cohorts/emails/application_received",
        context={
            "greeting": greeting(recipient_of(message)),
            "cohort": cohort.title,
            "until": moment(cohort.applications_close_at),
        },
        button=(_("See my application"), _page(cohort)),
    )


def is_application_in(message: Message, now: datetime) -> bool:
    return Application.objects.handed_in().filter(pk=message.subject_id).exists()


def seat_offered(message: Message) -> Mail:
    """To somebody who was accepted or moved up: the words of the decision, and until when to confirm."""
    seat = _seat(message)
    return Mail(
        template="cohorts/emails/seat_offered",
        context={
            "greeting": greeting(recipient_of(message)),
            "cohort": seat.cohort.title,
            "wording": Markdown(_words(seat, Decision.Kind.ACCEPT)),
            "note": _note(seat),
            "role": "" if seat.counts else str(seat.get_role_display()),
            "until": moment(seat.confirm_by),
            **_team(seat, message.created_at),
            **expectations(seat.cohort.program, Moment.ACCEPTED),
        },
        button=(_("Confirm my seat"), _page(seat.cohort)),
    )


def is_offer_open(message: Message, now: datetime) -> bool:
    return Seat.objects.offered().filter(pk=message.subject_id, cohort__state__in=Cohort.UNDER_WAY).exists()


def is_answer_awaited(message: Message, now: datetime) -> bool:
    """An offer that was not extended since this reminder was planned, and that can still be answered."""
    seats = Seat.objects.offered().filter(pk=message.subject_id, confirm_by__gt=now)
    seat = seats.filter(cohort__state__in=Cohort.UNDER_WAY).first()
    if seat is None or seat.confirm_by is None or has_said_yes(seat):
        return False
    return message.slot.partition(" ")[2] == occasion(seat.confirm_by)


def seat_reminder(message: Message) -> Mail:
    """To somebody whose offer is not answered."""
    seat = _seat(message)
    return Mail(
        template="cohorts/emails/seat_reminder",
        context={
            "greeting": greeting(recipient_of(message)),
            "cohort": seat.cohort.title,
            "until": moment(seat.confirm_by),
        },
        button=(_("Confirm my seat"), _page(seat.cohort)),
    )


def wait_listed(message: Message) -> Mail:
    """To somebody on the waiting list: by decision, or because the last seat went in the same moment."""
    seat = _seat(message)
    just_gone = message.parameters.get("full") == "yes"
    return Mail(
        template="cohorts/emails/seat_just_gone" if just_gone else "cohorts/emails/wait_listed",
        context={
            "greeting": greeting(recipient_of(message)),
            "cohort": seat.cohort.title,
            "wording": Markdown(_words(seat, Decision.Kind.WAIT)),
            "team": "yes" if seat.counts and seat.cohort.uses(Part.TEAMS) else "",
        },
        button=(_("See where I stand"), _page(seat.cohort)),
    )


def is_still_waiting(message: Message, now: datetime) -> bool:
    return Seat.objects.waiting().filter(pk=message.subject_id).exists()


def application_declined(message: Message) -> Mail:
    """To somebody who was declined: the words of the decision, as they were edited."""
    application = Application.objects.select_related("cohort").get(pk=message.subject_id)
    decision = Decision.objects.standing().filter(application=application).first()
    may_name = decision is not None and decision.reason in NAMES_COLLEAGUE
    return Mail(
        template="cohorts/emails/application_declined",
        context={
            "cohort": application.cohort.title,
            "wording": Markdown(decision.wording if decision else ""),
            "colleague": address("colleague_name", application.cohort.public_id, absolute=True) if may_name else "",
        },
        button=(_("Open my application"), _page(application.cohort)),
    )


def is_declined(message: Message, now: datetime) -> bool:
    """Whether what was told still holds."""
    return Decision.objects.standing().filter(application=message.subject_id, kind=Decision.Kind.DECLINE).exists()


def application_held(message: Message) -> Mail:
    """To somebody on the short list: keep the dates free, nothing is decided yet."""
    application = Application.objects.select_related("cohort").get(pk=message.subject_id)
    sessions = sessions_ahead(application.cohort_id, message.created_at)
    return Mail(
        template="cohorts/emails/application_held",
        context={
            "greeting": greeting(recipient_of(message)),
            "cohort": application.cohort.title,
            "dates": Markdown("\n".join(f"- {moment(session.starts_at)}" for session in sessions)),
        },
        button=(_("See my application"), _page(application.cohort)),
    )


def is_held(message: Message, now: datetime) -> bool:
    return Application.objects.waiting_for_decision().filter(pk=message.subject_id, held_at__isnull=False).exists()


def decision_reversed(message: Message) -> Mail:
    """To somebody whose acceptance or place in line is taken back: the words of staff, and the calendar is cleared."""
    application = Application.objects.select_related("cohort").get(pk=message.subject_id)
    decision = Decision.objects.standing().filter(application=application).first()
    knew = message.parameters.get("confirmed") == "yes"
    files = farewells(application.cohort, message) if knew else []
    return Mail(
        template="cohorts/emails/decision_reversed",
        context={
            "cohort": application.cohort.title,
            "wording": Markdown(decision.wording if decision else ""),
            "is_out": "yes" if files else "",
        },
        button=(_("Open my application"), _page(application.cohort)),
        attachments=files,
    )


def decisions_ahead(message: Message) -> Mail:
    """To an account manager: what is decided about people of their partners, before those read it."""
    cohort = Cohort.objects.get(pk=message.subject_id)
    plan = SelectionPlan.objects.filter(cohort=cohort).first()
    rows = Decision.objects.drafted().filter(
        cohort=cohort, announced_at__isnull=False, application__partner__account_manager=message.recipient
    )
    told = rows.select_related("application__membership__person", "application__partner").order_by("kind", "pk")
    return Mail(
        template="cohorts/emails/decisions_ahead",
        context={
            "greeting": greeting(recipient_of(message)),
            "cohort": cohort.title,
            "at": moment(plan.release_at if plan else None),
            "rows": "; ".join(
                f"{row.application.membership.person} ({row.application.partner}): {row.get_kind_display()}"
                for row in told
            ),
        },
        button=(_("Open the board"), address("application_list", cohort.public_id, absolute=True)),
    )


def is_still_ahead(message: Message, now: datetime) -> bool:
    return (
        Decision.objects.drafted()
        .filter(
            cohort=message.subject_id,
            announced_at__isnull=False,
            application__partner__account_manager=message.recipient,
        )
        .exists()
    )


def seat_confirmed(message: Message) -> Mail:
    """To a new participant: what is expected, when we meet, and everything for the calendar."""
    seat = _seat(message)
    sessions = sessions_ahead(seat.cohort_id, message.created_at)
    first = sessions[0] if sessions else None
    return Mail(
        template="cohorts/emails/seat_confirmed",
        context={
            "greeting": greeting(recipient_of(message)),
            "cohort": seat.cohort.title,
            "first": moment(first.starts_at) if first else "",
            "where": where(first) if first else "",
            **expectations(seat.cohort.program, Moment.ORIENTATION),
        },
        button=(_("Open the cohort"), home_link(seat.cohort)),
        attachments=invitations(sessions, message),
    )


def is_seat_confirmed(message: Message, now: datetime) -> bool:
    return Seat.objects.confirmed().filter(pk=message.subject_id).exists()


def seat_given_back(message: Message) -> Mail:
    """To somebody who left: thanks, and the sessions go from the calendar."""
    seat, reader = _seat(message), recipient_of(message)
    return Mail(
        template="cohorts/emails/seat_given_back",
        context={
            "greeting": greeting(reader),
            "cohort": seat.cohort.title,
            "leads": "yes" if keeps_sessions(seat.cohort_id, reader) else "",
        },
        attachments=farewells(seat.cohort, message),
    )


def seat_released(message: Message) -> Mail:
    """To somebody whose offer, seat or wait staff have ended: told warmly, with a way back."""
    seat = _seat(message)
    was_participant = seat.confirmed_at is not None
    return Mail(
        template="cohorts/emails/seat_released",
        context={"greeting": greeting(recipient_of(message)), "cohort": seat.cohort.title},
        attachments=farewells(seat.cohort, message) if was_participant else [],
    )


def has_no_seat(message: Message, now: datetime) -> bool:
    return not Seat.objects.holding().filter(pk=message.subject_id).exists()


def cohort_cancelled(message: Message) -> Mail:
    """To everybody concerned: it does not take place, why, and the sessions go from the calendar."""
    cohort = Cohort.objects.get(pk=message.subject_id)
    reader = recipient_of(message)
    knew = reader.is_staff or Seat.objects.filter(cohort=cohort, membership=reader, confirmed_at__isnull=False).exists()
    sessions = Session.objects.filter(cohort=cohort, state=Session.State.CANCELLED, ends_at__gt=message.created_at)
    listed = list(sessions.select_related("cohort").soonest_first()) if knew else []
    return Mail(
        template="cohorts/emails/cohort_cancelled",
        context={"greeting": greeting(reader), "cohort": cohort.title, "reason": cohort.cancel_reason},
        attachments=invitations(listed, message, "CANCEL"),
    )


def _seat(message: Message) -> Seat:
    found: Seat = Seat.objects.select_related("cohort__program", "application").get(pk=message.subject_id)
    return found


def _words(seat: Seat, kind: str) -> str:
    """What staff wrote with a decision of this kind; nothing for who moved up from the waiting list."""
    decision = Decision.objects.standing().filter(application=seat.application_id, kind=kind).first()
    return decision.wording if decision else ""


def _note(seat: Seat) -> str:
    """What was written to somebody who was asked straight in."""
    if seat.way != Seat.Way.INVITATION:
        return ""
    if seat.counts and seat.cohort.uses(Part.TEAMS):
        person = place_of_seat(seat)
        return person.team.note if person else ""
    rows = SeatInvitation.objects.filter(cohort=seat.cohort, membership=seat.membership_id)
    return rows.values_list("note", flat=True).first() or ""


def _team(seat: Seat, at: datetime) -> dict[str, str]:
    """Who comes along, and which functions are missing, where the seat is a team's."""
    person = place_of_seat(seat) if seat.counts and seat.cohort.uses(Part.TEAMS) else None
    if person is None:
        return {"team": "", "missing": ""}
    row = one_team(person.team, seat.cohort, at)
    return {"team": ", ".join(who.name for who in row.people), "missing": row.missing_words}


def _page(cohort: Cohort) -> str:
    return address("application_detail", cohort.public_id, absolute=True)
