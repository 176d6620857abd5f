"""Mails on the way into a cohort: nomination, application, decision, seat."""

from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.emails.words import greeting, home_link, invitations, moment, recipient_of, where
from cohorts.models import Application, Cohort, Decision, Nomination, Seat, Session
from prm.addresses import address
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.models import Message


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
            "until": moment(cohort.applications_close_at),
            "minutes": str(cohort.program.weekly_minutes),
        },
        button=(_("Look at it and answer"), address("nomination_answer", nomination.token, absolute=True)),
        from_name=str(nominator),
        reply_to=nominator.email,
    )


def is_still_nominated(message: Message, now: datetime) -> bool:
    nomination = Nomination.objects.open().filter(pk=message.subject_id).select_related("cohort").first()
    return nomination is not None and nomination.cohort.takes_applications(now)


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
            "until": moment(seat.confirm_by),
            "expectations": seat.cohort.program.expectations,
        },
        button=(_("Confirm my seat"), _page(seat.cohort)),
    )


def is_offer_open(message: Message, now: datetime) -> bool:
    return Seat.objects.offered().filter(pk=message.subject_id, cohort__state__in=Cohort.UNDER_WAY).exists()


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
        },
        button=(_("See where I stand"), _page(seat.cohort)),
    )


def is_still_waiting(message: Message, now: datetime) -> bool:
    return Seat.objects.waiting().filter(pk=message.subject_id).exists()


def application_declined(message: Message) -> Mail:
    """To somebody who was declined: the words of the decision, as they were edited."""
    application = Application.objects.select_related("cohort").get(pk=message.subject_id)
    decision = Decision.objects.released().filter(application=application).first()
    return Mail(
        template="cohorts/emails/application_declined",
        context={
            "cohort": application.cohort.title,
            "wording": Markdown(decision.wording if decision else ""),
        },
        button=(_("Open my application"), _page(application.cohort)),
    )


def seat_confirmed(message: Message) -> Mail:
    """To a new participant: what is expected, when we meet, and everything for the calendar."""
    seat = _seat(message)
    sessions = _ahead(seat.cohort, message.created_at)
    first = sessions[0] if sessions else None
    return Mail(
        template="cohorts/emails/seat_confirmed",
        context={
            "greeting": greeting(recipient_of(message)),
            "cohort": seat.cohort.title,
            "first": moment(first.starts_at) if first else "",
            "where": where(first) if first else "",
            "expectations": seat.cohort.program.expectations,
            "minutes": str(seat.cohort.program.weekly_minutes),
        },
        button=(_("Open the cohort"), home_link(seat.cohort)),
        attachments=invitations(sessions, message),
    )


def is_seat_confirmed(message: Message, now: datetime) -> bool:
    return Seat.objects.confirmed().filter(pk=message.subject_id).exists()


def seat_given_back(message: Message) -> Mail:
    """To somebody who left: thanks, and the sessions go from the calendar."""
    seat = _seat(message)
    return Mail(
        template="cohorts/emails/seat_given_back",
        context={"greeting": greeting(recipient_of(message)), "cohort": seat.cohort.title},
        attachments=invitations(_ahead(seat.cohort, message.created_at), message, "CANCEL"),
    )


def seat_released(message: Message) -> Mail:
    """To somebody whose offer, seat or wait staff have ended: told warmly, with a way back."""
    seat = _seat(message)
    was_participant = seat.confirmed_at is not None
    sessions = _ahead(seat.cohort, message.created_at) if was_participant else []
    return Mail(
        template="cohorts/emails/seat_released",
        context={"greeting": greeting(recipient_of(message)), "cohort": seat.cohort.title},
        attachments=invitations(sessions, message, "CANCEL"),
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


def _ahead(cohort: Cohort, since: datetime) -> list[Session]:
    rows = Session.objects.planned().ending_after(since).filter(cohort=cohort)
    return list(rows.select_related("cohort").soonest_first())


def _words(seat: Seat, kind: str) -> str:
    """What staff wrote with a decision of this kind; nothing for who moved up from the waiting list."""
    decision = Decision.objects.released().filter(application=seat.application_id, kind=kind).first()
    return decision.wording if decision else ""


def _page(cohort: Cohort) -> str:
    return address("application_detail", cohort.public_id, absolute=True)
