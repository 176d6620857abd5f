"""Mails to those whom a colleague wants in a team: the question, and how it ended."""

from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.emails.words import greeting, invitations, moment, recipient_of
from cohorts.models import Cohort, Session, Team, TeamMember
from prm.addresses import address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message


def team_asked(message: Message) -> Mail:
    """To a colleague: who wants them in the team, for what, and the one page on which they answer."""
    person = _person(message)
    team, cohort = person.team, person.team.cohort
    application = team.application
    return Mail(
        template="cohorts/emails/team_asked",
        context={
            "greeting": greeting(recipient_of(message)),
            "asker": str(application.membership.person) if application else "",
            "company": team.partner.name,
            "cohort": cohort.title,
            "function": person.function,
            "promise": cohort.program.promise,
            "minutes": str(cohort.program.weekly_minutes),
            "until": moment(cohort.applications_close_at),
        },
        button=(_("Look at it and answer"), address("team_detail", cohort.public_id, absolute=True)),
    )


def is_still_asked(message: Message, now: datetime) -> bool:
    rows = TeamMember.objects.filter(pk=message.subject_id, state=TeamMember.State.ASKED)
    return rows.filter(cohort__state__in=Cohort.UNDER_WAY).exists()


def team_ended(message: Message) -> Mail:
    """To somebody who was asked: the application was withdrawn, or they were taken off the team."""
    person = _person(message)
    return Mail(
        template="cohorts/emails/team_ended",
        context={
            "greeting": greeting(recipient_of(message)),
            "company": person.team.partner.name,
            "cohort": person.team.cohort.title,
            "withdrawn": "yes" if message.parameters.get("why") == "withdrawn" else "",
        },
    )


def is_out_of_team(message: Message, now: datetime) -> bool:
    """Whether they have not been asked again meanwhile."""
    return not TeamMember.objects.asked().filter(pk=message.subject_id).exists()


def team_declined(message: Message) -> Mail:
    """To the colleagues of somebody whose team is not in: the calendar is cleared where they had confirmed."""
    team = Team.objects.select_related("cohort", "partner", "application__membership__person").get(
        pk=message.subject_id
    )
    knew = message.parameters.get("confirmed") == "yes"
    rows = Session.objects.planned().ending_after(message.created_at).filter(cohort=team.cohort)
    sessions = list(rows.select_related("cohort").soonest_first()) if knew else []
    return Mail(
        template="cohorts/emails/team_declined",
        context={
            "greeting": greeting(recipient_of(message)),
            "company": team.partner.name,
            "cohort": team.cohort.title,
            "applicant": str(team.application.membership.person) if team.application else "",
            "confirmed": "yes" if knew else "",
        },
        attachments=invitations(sessions, message, "CANCEL"),
    )


def has_no_team_seat(message: Message, now: datetime) -> bool:
    return Team.objects.filter(pk=message.subject_id, state=Team.State.ENDED).exists()


def _person(message: Message) -> TeamMember:
    rows = TeamMember.objects.select_related("team__cohort__program", "team__partner", "team__application__membership")
    found: TeamMember = rows.get(pk=message.subject_id)
    return found
