"""A company puts its team together: names colleagues, who are asked and answer for themselves, and fills up again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cohorts import rules
from cohorts.models import TEAM_MEMBER_MACHINE, Application, Cohort, Seat, Team, TeamMember
from cohorts.queries.people import first_session_at, seat_of
from cohorts.queries.teams import is_elsewhere, shape_of_cohort
from cohorts.services import seats, team_places
from partners.queries.people import partner_user_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership, normalize_email
from prm.addresses import address
from prm.audit.services import note
from prm.invitations.models import Invitation
from prm.invitations.services import invite, withdraw
from prm.outbox.notifications import notify
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.scope import current_organization
from prm.tenancy.violations import refused_by

INVITATION_KIND = "teammate"
_OFFERS = (Team.State.OFFERED, Team.State.HELD)


@transaction.atomic
def begin_team(*, application: Application, membership: Membership, now: datetime) -> Team | None:
    """The team of whoever begins to apply, with themselves in it, made where it is missing; nobody is asked yet.

    None for somebody who works for no partner: they cannot apply.
    """
    if application.partner_id is None:
        return None
    team, is_new = Team.objects.get_or_create(
        application=application,
        defaults={"cohort_id": application.cohort_id, "partner_id": application.partner_id, "created_at": now},
    )
    if is_new:
        email = membership.person.email
        add_to_team(team=team, email=email, name=str(membership.person), member=membership, function="", now=now)
    return team


def add_to_team(
    *, team: Team, email: str, name: str, member: Membership | None, function: str, now: datetime
) -> TeamMember:
    """One more name on the team's list. Raises `Refused`: named."""
    problem = Problem("named", _("This person is in the team already."), field="email")
    with refused_by("cohorts_teammember_named_once", problem):
        person: TeamMember = TeamMember.objects.create(
            team=team,
            cohort_id=team.cohort_id,
            membership=member,
            email=email,
            name=str(member.person) if member else name.strip(),
            function=function,
            created_at=now,
        )
    return person


@transaction.atomic
def name_teammate(
    *,
    actor: Actor,
    namer: Membership,
    team: Team,
    email: str,
    name: str = "",
    function: str = "",
    domains: frozenset[str],
    now: datetime,
) -> TeamMember:
    """Name one more person for a team: a colleague who is here, or an address of the company, at one of `domains`.

    While the application is not sent they are only listed. Afterwards they are asked by the one mail, and where the
    team has an offer or its seat, offered a place. Raises `Refused` with what `rules.teammate_problems` and
    `rules.colleague_of_team_problems` say.
    """
    cohort, team = lock(team)
    email = normalize_email(email)
    member = known(email)
    user = partner_user_of(member) if member else None
    people = team_places.people_of(team)
    refuse_if(
        rules.colleague_of_team_problems(
            email=email,
            member=member,
            is_same_partner=user is not None and user.partner.pk == team.partner_id,
            domains=domains,
        )
        or rules.teammate_problems(
            cohort=cohort,
            team=team,
            people=len(people),
            shape=shape_of_cohort(cohort)[0],
            function=function,
            is_named=any(row.email == email for row in people),
            is_elsewhere=is_asked(team) and is_elsewhere(cohort, email, member, team),
            first_session_at=first_session_at(cohort),
            now=now,
        )
    )
    person = add_to_team(team=team, email=email, name=name, member=member, function=function, now=now)
    if is_asked(team):
        ask(actor=actor, asker=namer, team=team, person=person, now=now)
        take_in(cohort=cohort, team=team, person=person, now=now)
    note(actor=actor, verb="cohorts.teammate_named", obj=team, label=_label(team, cohort))
    return person


def is_asked(team: Team) -> bool:
    """Whether the team's people know of it: not while an application is still being written."""
    if team.state != Team.State.FORMING or team.application is None:
        return True
    return team.application.state not in (Application.State.DRAFT, Application.State.WITHDRAWN)


def ask(*, actor: Actor, asker: Membership, team: Team, person: TeamMember, now: datetime) -> None:
    """Ask somebody who is listed to come along: by mail, which for a newcomer is the invitation to the portal."""
    text = _("%(person)s is in another team, or has a seat of their own: take them off first.") % {"person": person}
    with refused_by("cohorts_teammember_in_one_team", Problem("elsewhere", text, field="email")):
        TEAM_MEMBER_MACHINE.move(person, "ask", asked_at=now)
    if person.membership is not None:
        if team.state not in _OFFERS:
            team_places.tell_person("cohorts.team_asked", person, now)
        return
    try:
        invite(
            actor=actor,
            inviter=asker,
            kind=INVITATION_KIND,
            email=person.email,
            name=person.name,
            target_id=person.pk,
            note=team.note,
            now=now,
        )
    except Refused as refusal:
        # Whoever is invited already finds the team when they join.
        if refusal.codes != {"already_invited"}:
            raise


def take_in(*, cohort: Cohort, team: Team, person: TeamMember, now: datetime) -> None:
    """Give somebody who was asked, or has just joined, what their team has: an offer, or its place in line."""
    if team.state in _OFFERS:
        team_places.offer_place(cohort=cohort, team=team, person=person, now=now)
    elif team.state == Team.State.WAITING:
        team_places.wait_in_line(cohort=cohort, team=team, person=person)


@transaction.atomic
def ask_team(*, actor: Actor, team: Team, membership: Membership, now: datetime) -> None:
    """The application is sent: whoever wrote it comes along, everybody else is asked by mail.

    Raises `Refused`: too_few, elsewhere.
    """
    cohort, team = lock(team)
    people = team_places.people_of(team)
    refuse_if(rules.team_size_problems(len(people)))
    for person in people:
        if is_elsewhere(cohort, person.email, person.membership, team):
            text = _("%(person)s is in another team, or has a seat of their own: take them off first.")
            raise Refused(Problem("elsewhere", text % {"person": person}))
        if person.state != TeamMember.State.LISTED:
            continue
        if person.membership_id == membership.pk:
            TEAM_MEMBER_MACHINE.move(person, "agree", asked_at=now, answered_at=now)
        else:
            ask(actor=actor, asker=membership, team=team, person=person, now=now)


@transaction.atomic
def forget_team(*, team: Team, now: datetime) -> None:
    """The application is withdrawn: everybody who was asked is told, and only listed again."""
    _cohort, team = lock(team)
    lead = team.application.membership_id if team.application else None
    for person in team_places.people_of(team):
        if person.state not in TeamMember.ASKED_ONCE:
            continue
        TEAM_MEMBER_MACHINE.move(person, "forget")
        if person.membership_id != lead:
            team_places.tell_person("cohorts.team_ended", person, now, why="withdrawn")


@transaction.atomic
def come_along(*, person: TeamMember, membership: Membership, now: datetime) -> None:
    """Somebody who was asked says yes to the team; a seat is confirmed on its own. Raises `Refused`: not_asked."""
    cohort, team = lock(person.team)
    fresh = TeamMember.objects.get(pk=person.pk)
    refuse_if(rules.answer_problems(fresh))
    if fresh.state == TeamMember.State.ASKED:
        TEAM_MEMBER_MACHINE.move(fresh, "agree", answered_at=now, membership=membership)
        _tell_others(team, fresh, _("%(person)s comes along to %(cohort)s") % _named(fresh, cohort), now)
    if seat_of(membership, cohort) is None:
        take_in(cohort=cohort, team=team, person=fresh, now=now)


@transaction.atomic
def stay_out(*, actor: Actor, person: TeamMember, membership: Membership, now: datetime) -> None:
    """Somebody leaves the team, whatever they have in it. Raises `Refused`: not_asked, lead."""
    cohort, team = lock(person.team)
    fresh = TeamMember.objects.get(pk=person.pk)
    application = team.application
    if team.state == Team.State.FORMING and application is not None and application.membership_id == membership.pk:
        raise Refused(Problem("lead", _("You apply for this team: withdraw the application instead.")))
    if _has_place(seat_of(membership, cohort)):
        seats.give_seat_back(actor=actor, cohort=cohort, membership=membership, now=now)
    else:
        refuse_if(rules.answer_problems(fresh))
        leave_without_place(cohort=cohort, team=team, person=fresh, now=now)
    _tell_others(team, fresh, _("%(person)s does not come along to %(cohort)s") % _named(fresh, cohort), now)


def leave_without_place(*, cohort: Cohort, team: Team, person: TeamMember, now: datetime) -> None:
    """Somebody goes who has no place of their own; the last one takes the team along. The caller holds the cohort."""
    TEAM_MEMBER_MACHINE.move(person, "leave", answered_at=now)
    if team.state not in (Team.State.FORMING, Team.State.ENDED) and not team_places.people_of(team):
        team_places.finish_team(cohort=cohort, team=team, now=now)
        seats.pass_on(cohort, now)


@transaction.atomic
def take_off(*, actor: Actor, person: TeamMember, now: datetime) -> None:
    """Take somebody off who has not confirmed; they are told, if they knew. Raises `Refused`: confirmed, left."""
    cohort, team = lock(person.team)
    fresh = TeamMember.objects.select_related("membership__person").get(pk=person.pk)
    refuse_if(rules.taking_off_problems(fresh))
    if fresh.state == TeamMember.State.LISTED:
        fresh.delete()
        return
    for invitation in Invitation.objects.filter(kind=INVITATION_KIND, target_id=fresh.pk, state="open"):
        withdraw(actor=actor, invitation=invitation, now=now)
    seat = seat_of(fresh.membership, cohort)
    if seat is not None and _has_place(seat):
        seats.release_seat(actor=actor, seat=seat, now=now)
    else:
        leave_without_place(cohort=cohort, team=team, person=fresh, now=now)
        team_places.tell_person("cohorts.team_ended", fresh, now, why="taken_off")
    note(actor=actor, verb="cohorts.teammate_taken_off", obj=team, label=_label(team, cohort))


@transaction.atomic
def set_function(*, person: TeamMember, function: str, now: datetime) -> None:
    """Say which function somebody has in the team. Raises `Refused`: no_function, and why a team changes no more."""
    cohort, team = lock(person.team)
    refuse_if(rules.naming_problems(cohort=cohort, team=team, first_session_at=first_session_at(cohort), now=now))
    if function and function not in shape_of_cohort(cohort)[0].names:
        raise Refused(Problem("no_function", _("Choose one of the functions."), field="function"))
    TeamMember.objects.present().filter(pk=person.pk).update(function=function)


def _has_place(seat: Seat | None) -> bool:
    return seat is not None and seat.state in (*Seat.HOLDING, Seat.State.WAITING)


def lock(team: Team) -> tuple[Cohort, Team]:
    """The team's cohort, held until the end, and the team as it is now."""
    cohort = Cohort.objects.locked().get(pk=team.cohort_id)
    return cohort, Team.objects.select_related("partner", "application").get(pk=team.pk)


def known(email: str) -> Membership | None:
    rows = Membership.objects.in_organization(current_organization()).with_person()
    return rows.filter(person__email=email).exclude(state=Membership.State.REMOVED).first()


def _tell_others(team: Team, about: TeamMember, title: str, now: datetime) -> None:
    """Put a line behind the bells of those who come along already."""
    url = address("team_detail", team.cohort.public_id)
    for person in team_places.people_of(team):
        has_said_yes = person.state in (TeamMember.State.WILLING, TeamMember.State.CONFIRMED)
        if has_said_yes and person.pk != about.pk and person.membership is not None:
            notify(membership=person.membership, kind="cohorts.team_answered", title=title, url=url, now=now)


def _named(person: TeamMember, cohort: Cohort) -> dict[str, object]:
    return {"person": person, "cohort": cohort.title}


def _label(team: Team, cohort: Cohort) -> str:
    return f"{team.partner.name}, {cohort.title}"
