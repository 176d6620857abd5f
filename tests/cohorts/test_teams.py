"""Seats for teams: put together by a company or asked in by staff, decided once, confirmed by each, filled up again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cohorts.models import Cohort, Seat, Team, TeamMember
from cohorts.queries.people import seat_of
from cohorts.queries.teams import offers_open, one_team, own_place, participants_in, shape_of_cohort, team_rows
from cohorts.rules import Function, TeamShape
from cohorts.services.applications import begin_application, submit_application, withdraw_application
from cohorts.services.programs import switch_parts
from cohorts.services.reminders import plan_reminders
from cohorts.services.reversals import reverse_decision
from cohorts.services.seat_invitations import invite_to_seat
from cohorts.services.seats import confirm_seat, give_seat_back, offer_seat, release_seat
from cohorts.services.selection import draft_decision, release_decisions
from cohorts.services.stages import cancel_cohort
from cohorts.services.team_invitations import Wanted, extend_team, invite_team, offer_team, release_team
from cohorts.services.team_plans import set_cohort_teams, set_program_teams
from cohorts.services.teams import come_along, set_function, stay_out, take_off
from partners.models import AudienceMember, Partner, PartnerUser
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.invitations.models import Invitation
from prm.invitations.services import accept
from prm.outbox.models import Message, Notification
from prm.problems import Refused
from tests.cohorts import factories
from tests.cohorts.teams import GOOD, applied, for_teams, named, team
from tests.cohorts.test_mails import to

type Deliver = Callable[[Any], list[Any]]


@pytest.fixture
def mia(nordwind: Partner) -> Membership:
    """Lena's colleague."""
    return factories.applicant("Mia Nord", nordwind)


@pytest.fixture
def noah(nordwind: Partner) -> Membership:
    """Another colleague of Lena's."""
    return factories.applicant("Noah Nord", nordwind)


@pytest.fixture
def teams(winter: Cohort) -> Cohort:
    """Two seats for teams of up to three, with somebody technical."""
    Cohort.objects.filter(pk=winter.pk).update(capacity=2)
    winter.refresh_from_db()
    return for_teams(winter, ("Sales", 1), ("Technical", 1), largest=3)


@pytest.fixture
def selecting(teams: Cohort) -> Cohort:
    Cohort.objects.filter(pk=teams.pk).update(state="selecting")
    teams.refresh_from_db()
    return teams


def _confirm(cohort: Cohort, who: Membership, now: Any) -> Seat:
    return confirm_seat(actor=Actor.of(who), cohort=cohort, membership=who, now=now)


def _give_back(cohort: Cohort, who: Membership, now: Any) -> None:
    give_seat_back(actor=Actor.of(who), cohort=cohort, membership=who, now=now)


def _decide(cohort: Cohort, frida: Membership, now: Any, **kinds: str) -> None:
    """Drafts for the applications by their applicants' first names, and their release."""
    Cohort.objects.filter(pk=cohort.pk).update(state="selecting")
    cohort.refresh_from_db()
    for application in cohort.applications.select_related("membership__person", "cohort"):
        kind = kinds[application.membership.person.first_name.lower()]
        draft_decision(
            actor=Actor.of(frida), decider=frida, application=application, kind=kind, wording="Our words.", now=now
        )
    release_decisions(actor=Actor.of(frida), cohort=cohort, now=now)


def _states(of: Team) -> list[str]:
    return list(TeamMember.objects.filter(team=of).order_by("id").values_list("state", flat=True))


def _taken(cohort: Cohort) -> int:
    cohort.refresh_from_db()
    return cohort.seats_taken


def _kinds(**where: Any) -> list[str]:
    return list(Message.objects.filter(**where).order_by("id").values_list("kind", flat=True))


# ── What a team is ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cohort_takes_its_programs_word_until_it_has_its_own(winter: Cohort, actor: Actor) -> None:
    assert shape_of_cohort(winter) == (TeamShape(4, ()), False)
    for_all = TeamShape(3, (Function("Sales"),))
    set_program_teams(actor=actor, program=winter.program, shape=for_all)
    assert shape_of_cohort(winter) == (for_all, False)
    own = TeamShape(2, (Function("Technical", 2),))
    set_cohort_teams(actor=actor, cohort=winter, shape=own)
    assert shape_of_cohort(winter) == (own, True)
    with pytest.raises(Refused) as refusal:
        set_cohort_teams(actor=actor, cohort=winter, shape=TeamShape(2, (Function("Sales", 3),)))
    assert refusal.value.codes == {"more_than_fit"}
    assert shape_of_cohort(winter) == (own, True)


def test_seats_stay_what_they_are_once_somebody_has_applied(winter: Cohort, actor: Actor, lena: Membership) -> None:
    switch_parts(actor=actor, holder=winter, revision=winter.revision, parts=["teams"])
    winter.refresh_from_db()
    switch_parts(actor=actor, holder=winter, revision=winter.revision, parts=[])
    winter.refresh_from_db()
    factories.application(winter, lena)
    with pytest.raises(Refused) as refusal:
        switch_parts(actor=actor, holder=winter, revision=winter.revision, parts=["teams"])
    assert refusal.value.codes == {"people"}
    switch_parts(actor=actor, holder=winter, revision=winter.revision, parts=["goals"])


# ── A company puts its team together ────────────────────────────────────────────────────────────────────────────────


def test_colleagues_are_only_listed_until_the_application_is_sent(
    teams: Cohort, lena: Membership, mia: Membership, now: Any, render_outbox: Deliver
) -> None:
    application = begin_application(cohort=teams, membership=lena, now=now)
    mine = Team.objects.get(application=application)
    with pytest.raises(Refused) as refusal:
        submit_application(actor=Actor.of(lena), cohort=teams, membership=lena, answers=GOOD, now=now)
    assert refusal.value.codes == {"too_few"}
    named(mine, lena, mia.person.email, function="Technical", now=now)
    named(mine, lena, "new@nordwind.example", name="Nele New", now=now)
    assert (_states(mine), Message.objects.count(), Invitation.objects.count()) == (["listed"] * 3, 0, 0)
    assert own_place(mia, teams.public_id) is None
    submit_application(actor=Actor.of(lena), cohort=teams, membership=lena, answers=GOOD, now=now)
    assert _states(mine) == ["willing", "asked", "asked"]
    invitation = Invitation.objects.get()
    assert (invitation.kind, invitation.email) == ("teammate", "new@nordwind.example")
    mail = to(render_outbox(now), mia)
    assert (
        mail.subject == "Lena Vogt wants you in the team for “Winter 2026”" or "wants you in the team" in mail.subject
    )
    assert "as **Technical**" in mail.body or "Technical" in mail.body
    assert f"/o/acme/cohorts/{teams.public_id}/team/" in mail.body


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("paul@kestrel.example", "other_company"),
        ("frida@acme.example", "not_a_partner"),
        ("somebody@else.example", "other_company"),
        ("mia@nordwind.example", "named"),
    ],
)
def test_a_team_is_of_one_company(
    teams: Cohort,
    lena: Membership,
    paul: Membership,
    mia: Membership,
    now: Any,
    email: str,
    code: str,
    kestrel: Partner,
) -> None:
    wrong = paul.person.email if email.startswith("paul") else email
    mine = applied(teams, lena, mia)
    before = _states(mine)
    with pytest.raises(Refused) as refusal:
        named(mine, lena, wrong, now=now)
    assert refusal.value.codes == {code}
    assert _states(mine) == before


def test_it_has_no_more_people_than_wanted_and_only_functions_that_exist(
    teams: Cohort, lena: Membership, mia: Membership, noah: Membership, now: Any
) -> None:
    mine = applied(teams, lena, mia)
    with pytest.raises(Refused) as refusal:
        named(mine, lena, noah.person.email, function="Astronaut", now=now)
    assert refusal.value.codes == {"no_function"}
    named(mine, lena, noah.person.email, function="Sales", now=now)
    with pytest.raises(Refused) as refusal:
        named(mine, lena, "fourth@nordwind.example", now=now)
    assert refusal.value.codes == {"team_full"}
    row = one_team(mine, teams, now, lena)
    assert (row.missing, row.missing_words) == (["Technical"], "Technical still missing")
    set_function(person=TeamMember.objects.get(team=mine, membership=mia), function="Technical", now=now)
    assert one_team(mine, teams, now).missing == []


def test_nobody_is_in_two_teams_of_a_cohort(
    teams: Cohort, lena: Membership, mia: Membership, noah: Membership, nordwind: Partner, now: Any
) -> None:
    applied(teams, lena, mia)
    begun = begin_application(cohort=teams, membership=noah, now=now)
    other = Team.objects.get(application=begun)
    # Who is only listed stands on any list; asked they can be once.
    named(other, noah, mia.person.email, now=now)
    with pytest.raises(Refused) as refusal:
        submit_application(actor=Actor.of(noah), cohort=teams, membership=noah, answers=GOOD, now=now)
    assert refusal.value.codes == {"elsewhere"}
    assert "Mia Nord" in str(refusal.value)
    begun.refresh_from_db()
    assert begun.state == "draft"
    take_off(actor=Actor.of(noah), person=TeamMember.objects.get(team=other, membership=mia), now=now)
    assert TeamMember.objects.filter(team=other).count() == 1


def test_each_answers_for_themselves(
    teams: Cohort, lena: Membership, mia: Membership, noah: Membership, now: Any
) -> None:
    mine = applied(teams, lena, mia, noah)
    come_along(person=_place(mine, mia), membership=mia, now=now)
    stay_out(actor=Actor.of(noah), person=_place(mine, noah), membership=noah, now=now)
    assert _states(mine) == ["willing", "willing", "left"]
    told = list(
        Notification.objects.filter(membership=lena, kind="cohorts.team_answered").values_list("title", flat=True)
    )
    assert sorted(told) == ["Mia Nord comes along to Winter 2026", "Noah Nord does not come along to Winter 2026"]
    with pytest.raises(Refused) as refusal:
        stay_out(actor=Actor.of(lena), person=_place(mine, lena), membership=lena, now=now)
    assert refusal.value.codes == {"lead"}
    named(mine, lena, noah.person.email, now=now)
    assert _states(mine) == ["willing", "willing", "left", "asked"]


def _place(of: Team, who: Membership) -> TeamMember:
    return TeamMember.objects.present().get(team=of, membership=who)


def test_a_withdrawn_application_lets_everybody_go(
    teams: Cohort, lena: Membership, mia: Membership, noah: Membership, now: Any, render_outbox: Deliver
) -> None:
    mine = applied(teams, lena, mia)
    render_outbox(now)
    application = mine.application
    assert application is not None
    withdraw_application(actor=Actor.of(lena), application=application, membership=lena, now=now)
    assert _states(mine) == ["listed", "listed"]
    assert "was withdrawn" in to(render_outbox(now), mia).body
    # Mia is free for another team, and is not asked twice by the one that was sent again.
    applied(teams, noah, mia)
    with pytest.raises(Refused) as refusal:
        submit_application(actor=Actor.of(lena), cohort=teams, membership=lena, answers=GOOD, now=now)
    assert refusal.value.codes == {"elsewhere"}


def test_a_newcomer_joins_the_company_and_finds_the_question(
    teams: Cohort, lena: Membership, nordwind: Partner, now: Any
) -> None:
    begin_application(cohort=teams, membership=lena, now=now)
    mine = Team.objects.get()
    named(mine, lena, "nele@nordwind.example", name="Nele New", now=now)
    submit_application(actor=Actor.of(lena), cohort=teams, membership=lena, answers=GOOD, now=now)
    nele = accept(invitation=Invitation.objects.get(), name="Nele New", now=now)
    assert PartnerUser.objects.get(membership=nele).partner_id == nordwind.pk
    place = own_place(nele, teams.public_id)
    assert place is not None
    assert (place.team_id, place.state) == (mine.pk, "asked")
    come_along(person=place, membership=nele, now=now)
    assert _states(mine) == ["willing", "willing"]


# ── One decision for all of them ────────────────────────────────────────────────────────────────────────────────────


def test_all_are_offered_a_place_and_the_second_yes_takes_the_seat(
    teams: Cohort,
    lena: Membership,
    mia: Membership,
    noah: Membership,
    frida: Membership,
    now: Any,
    render_outbox: Deliver,
) -> None:
    mine = applied(teams, lena, mia, noah)
    render_outbox(now)
    _decide(teams, frida, now, lena="accept")
    mails = render_outbox(now)
    assert "Our words." in to(mails, lena).body
    for who in (lena, mia, noah):
        assert "Lena" in to(mails, who).body
        assert "as soon as two have" in to(mails, who).body
    assert "Sales, Technical still missing" in to(mails, mia).body
    assert "Our words." not in to(mails, mia).body
    assert (offers_open(teams), _taken(teams)) == (1, 0)
    assert _confirm(teams, mia, now).state == "offered"
    assert (_taken(teams), AudienceMember.objects.count()) == (0, 0)
    assert _confirm(teams, mia, now).state == "offered"
    assert _confirm(teams, lena, now).state == "confirmed"
    mine.refresh_from_db()
    assert (mine.state, _taken(teams), participants_in(teams)) == ("held", 1, 2)
    assert {row.membership_id for row in AudienceMember.objects.all()} == {lena.pk, mia.pk}
    assert sorted(_kinds(kind="cohorts.seat_confirmed")) == ["cohorts.seat_confirmed"] * 2
    assert _confirm(teams, noah, now).state == "confirmed"
    assert (_taken(teams), participants_in(teams)) == (1, 3)


def test_a_team_waits_together_and_moves_up_together(
    teams: Cohort, lena: Membership, mia: Membership, paul: Membership, kestrel: Partner, frida: Membership, now: Any
) -> None:
    Cohort.objects.filter(pk=teams.pk).update(capacity=1)
    teams.refresh_from_db()
    pia = factories.applicant("Pia Kes", kestrel)
    first, second = applied(teams, lena, mia), applied(teams, paul, pia)
    _decide(teams, frida, now, lena="accept", paul="wait")
    second.refresh_from_db()
    assert (second.state, second.position) == ("waiting", 1)
    assert list(Seat.objects.waiting().values_list("membership", "position")) == [(paul.pk, 1), (pia.pk, 1)]
    assert len(_kinds(kind="cohorts.wait_listed")) == 2
    _confirm(teams, lena, now)
    _confirm(teams, mia, now)
    release_team(actor=Actor.of(frida), team=first, now=now)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, _taken(teams)) == ("ended", "offered", 0)
    assert set(Seat.objects.offered().values_list("membership", flat=True)) == {paul.pk, pia.pk}
    assert len(_kinds(kind="cohorts.seat_released")) == 2
    assert _states(first) == ["listed", "listed"]


def test_where_the_last_seat_has_gone_the_whole_team_waits(
    selecting: Cohort,
    nordwind: Partner,
    kestrel: Partner,
    lena: Membership,
    mia: Membership,
    paul: Membership,
    now: Any,
) -> None:
    Cohort.objects.filter(pk=selecting.pk).update(capacity=1)
    selecting.refresh_from_db()
    late = team(selecting, nordwind, lena, mia)
    pia = factories.applicant("Pia Kes", kestrel)
    quick = team(selecting, kestrel, paul, pia)
    for who in (lena, paul, pia):
        _confirm(selecting, who, now)
    assert _confirm(selecting, mia, now).state == "waiting"
    late.refresh_from_db()
    quick.refresh_from_db()
    assert (quick.state, late.state, late.position, _taken(selecting)) == ("held", "waiting", 1, 1)
    assert seat_of(lena, selecting).state == "waiting"  # type: ignore[union-attr]
    assert _states(late) == ["willing", "willing"]
    assert len(_kinds(kind="cohorts.wait_listed")) == 2


def test_a_decline_reaches_everybody_once(
    teams: Cohort, lena: Membership, mia: Membership, frida: Membership, now: Any, render_outbox: Deliver
) -> None:
    mine = applied(teams, lena, mia)
    render_outbox(now)
    _decide(teams, frida, now, lena="decline")
    mails = render_outbox(now)
    assert "Our words." in to(mails, lena).body
    assert "We wrote to Lena" in to(mails, mia).body
    mine.refresh_from_db()
    assert (mine.state, _states(mine), Seat.objects.count()) == ("ended", ["listed", "listed"], 0)


def test_a_decision_that_is_reversed_takes_the_team_along(
    teams: Cohort, lena: Membership, mia: Membership, frida: Membership, now: Any, render_outbox: Deliver
) -> None:
    mine = applied(teams, lena, mia)
    _decide(teams, frida, now, lena="decline")
    said: dict[str, Any] = {"actor": Actor.of(frida), "decider": frida, "application": mine.application}
    reverse_decision(kind="accept", wording="We were wrong.", now=now, **said)
    mine.refresh_from_db()
    assert (mine.state, Seat.objects.offered().count()) == ("offered", 2)
    _confirm(teams, lena, now)
    _confirm(teams, mia, now)
    assert _taken(teams) == 1
    later = now + timedelta(minutes=5)
    reverse_decision(kind="wait", wording="One after all.", now=later, **said)
    mine.refresh_from_db()
    assert (mine.state, _taken(teams), Seat.objects.waiting().count()) == ("waiting", 0, 2)
    render_outbox(later)
    reverse_decision(kind="decline", wording="No.", now=later + timedelta(minutes=5), **said)
    mine.refresh_from_db()
    assert (mine.state, Seat.objects.waiting().count()) == ("ended", 0)
    assert "No." in to(mails := render_outbox(later + timedelta(minutes=5)), lena).body
    assert to(mails, mia).subject == "Your team’s application for “Winter 2026”"


# ── Dropping out, filling up, staff deciding ────────────────────────────────────────────────────────────────────────


def test_who_drops_out_is_replaced_until_the_first_session(
    selecting: Cohort, nordwind: Partner, lena: Membership, mia: Membership, noah: Membership, now: Any
) -> None:
    mine = team(selecting, nordwind, lena, mia, state="held")
    _give_back(selecting, mia, now)
    mine.refresh_from_db()
    assert (mine.state, _taken(selecting)) == ("held", 1)
    assert one_team(mine, selecting, now).is_short
    named(mine, lena, noah.person.email, now=now)
    assert seat_of(noah, selecting).state == "offered"  # type: ignore[union-attr]
    assert _confirm(selecting, noah, now).state == "confirmed"
    assert (_taken(selecting), one_team(mine, selecting, now).is_short) == (1, False)
    begun = factories.berlin(8, 10)
    with pytest.raises(Refused) as refusal:
        named(mine, lena, mia.person.email, now=begun)
    assert refusal.value.codes == {"begun"}


def test_a_team_below_two_keeps_its_seat_until_staff_decide(
    selecting: Cohort,
    nordwind: Partner,
    kestrel: Partner,
    lena: Membership,
    mia: Membership,
    paul: Membership,
    frida: Membership,
    now: Any,
) -> None:
    Cohort.objects.filter(pk=selecting.pk).update(capacity=1)
    selecting.refresh_from_db()
    mine = team(selecting, nordwind, lena, mia, state="held")
    next_one = team(selecting, kestrel, paul, factories.applicant("Pia Kes", kestrel), state="waiting")
    _give_back(selecting, mia, now)
    next_one.refresh_from_db()
    assert (next_one.state, _taken(selecting)) == ("waiting", 1)
    bell = Notification.objects.get(kind="cohorts.team_short")
    assert (bell.membership_id, "Nordwind" in bell.title) == (frida.pk, True)
    release_team(actor=Actor.of(frida), team=mine, now=now)
    next_one.refresh_from_db()
    assert (next_one.state, _taken(selecting)) == ("offered", 0)
    assert seat_of(lena, selecting).state == "released"  # type: ignore[union-attr]


def test_the_last_one_takes_the_seat_along(
    selecting: Cohort,
    nordwind: Partner,
    kestrel: Partner,
    lena: Membership,
    mia: Membership,
    paul: Membership,
    now: Any,
) -> None:
    Cohort.objects.filter(pk=selecting.pk).update(capacity=1)
    selecting.refresh_from_db()
    mine = team(selecting, nordwind, lena, mia, state="held")
    next_one = team(selecting, kestrel, paul, factories.applicant("Pia Kes", kestrel), state="waiting")
    _give_back(selecting, mia, now)
    _give_back(selecting, lena, now)
    mine.refresh_from_db()
    next_one.refresh_from_db()
    assert (mine.state, next_one.state, _taken(selecting)) == ("ended", "offered", 0)


def test_nobody_moves_up_in_the_last_hours(
    selecting: Cohort,
    nordwind: Partner,
    kestrel: Partner,
    lena: Membership,
    mia: Membership,
    paul: Membership,
    frida: Membership,
) -> None:
    Cohort.objects.filter(pk=selecting.pk).update(capacity=1)
    selecting.refresh_from_db()
    eve = factories.berlin(7, 10)
    mine = team(selecting, nordwind, lena, mia, state="held")
    next_one = team(selecting, kestrel, paul, factories.applicant("Pia Kes", kestrel), state="waiting")
    release_team(actor=Actor.of(frida), team=mine, now=eve)
    next_one.refresh_from_db()
    assert next_one.state == "waiting"
    offer_team(actor=Actor.of(frida), team=next_one, now=eve)
    next_one.refresh_from_db()
    assert next_one.state == "offered"
    with pytest.raises(Refused) as refusal:
        offer_team(actor=Actor.of(frida), team=next_one, now=eve)
    assert refusal.value.codes == {"holds"}


def test_more_time_is_for_everybody_who_has_not_answered(
    selecting: Cohort, nordwind: Partner, lena: Membership, mia: Membership, frida: Membership, now: Any
) -> None:
    mine = team(selecting, nordwind, lena, mia)
    until = now + timedelta(days=5)
    extend_team(actor=Actor.of(frida), team=mine, confirm_by=until, now=now)
    assert set(Seat.objects.values_list("confirm_by", flat=True)) == {until}
    with pytest.raises(Refused) as refusal:
        extend_team(actor=Actor.of(frida), team=mine, confirm_by=now, now=now)
    assert refusal.value.codes == {"past"}


def test_a_single_place_is_offered_to_nobody_here(
    selecting: Cohort, nordwind: Partner, lena: Membership, mia: Membership, frida: Membership, now: Any
) -> None:
    mine = team(selecting, nordwind, lena, mia, state="held")
    seat = seat_of(mia, selecting)
    assert seat is not None
    release_seat(actor=Actor.of(frida), seat=seat, now=now)
    assert _states(mine) == ["confirmed", "left"]
    with pytest.raises(Refused) as refusal:
        offer_seat(actor=Actor.of(frida), seat=seat, now=now)
    assert refusal.value.codes == {"team"}
    with pytest.raises(Refused) as refusal:
        invite_to_seat(actor=Actor.of(frida), inviter=frida, cohort=selecting, email="x@y.example", now=now)
    assert refusal.value.codes == {"team"}
    invite_to_seat(actor=Actor.of(frida), inviter=frida, cohort=selecting, email="x@y.example", role="mentor", now=now)


def test_taking_somebody_off_who_has_not_confirmed(
    selecting: Cohort, nordwind: Partner, lena: Membership, mia: Membership, noah: Membership, now: Any
) -> None:
    mine = team(selecting, nordwind, lena, mia, noah)
    _confirm(selecting, mia, now)
    with pytest.raises(Refused) as refusal:
        take_off(actor=Actor.of(lena), person=_place(mine, mia), now=now)
    assert refusal.value.codes == {"confirmed"}
    take_off(actor=Actor.of(lena), person=_place(mine, noah), now=now)
    assert (_states(mine), seat_of(noah, selecting).state) == (["willing", "confirmed", "left"], "released")  # type: ignore[union-attr]


def test_who_has_said_yes_is_not_reminded(
    selecting: Cohort, nordwind: Partner, lena: Membership, mia: Membership, now: Any
) -> None:
    team(selecting, nordwind, lena, mia)
    _confirm(selecting, lena, now)
    plan_reminders(now + timedelta(hours=30))
    reminded = Message.objects.filter(kind="cohorts.seat_reminder").values_list("recipient", flat=True)
    assert list(reminded) == [mia.pk]


def test_a_canceled_cohort_tells_those_who_were_asked_and_ends_its_teams(
    teams: Cohort, lena: Membership, mia: Membership, frida: Membership, now: Any
) -> None:
    mine = applied(teams, lena, mia)
    cancel_cohort(actor=Actor.of(frida), cohort=teams, reason="Too few.", now=now)
    mine.refresh_from_db()
    assert mine.state == "ended"
    told = set(Message.objects.filter(kind="cohorts.cohort_cancelled").values_list("recipient", flat=True))
    assert {lena.pk, mia.pk} <= told


# ── Straight to a seat ──────────────────────────────────────────────────────────────────────────────────────────────


def _invite(cohort: Cohort, partner: Partner, frida: Membership, now: Any, *people: Wanted) -> Team:
    return invite_team(
        actor=Actor.of(frida),
        inviter=frida,
        cohort=cohort,
        partner=partner,
        people=people,
        note="Both of you.",
        now=now,
    )


def test_staff_ask_a_team_in_and_newcomers_join_by_the_same_mail(
    teams: Cohort, nordwind: Partner, lena: Membership, frida: Membership, now: Any, render_outbox: Deliver
) -> None:
    new = Wanted("Nele@Nordwind.example", "Nele New", "Technical")
    mine = _invite(teams, nordwind, frida, now, Wanted(lena.person.email, function="Sales"), new)
    assert (mine.state, _states(mine), _kinds(kind="cohorts.seat_offered")) == (
        "offered",
        ["asked", "asked"],
        ["cohorts.seat_offered"],
    )
    assert "Both of you." in to(render_outbox(now), lena).body
    nele = accept(invitation=Invitation.objects.get(), name="Nele New", now=now)
    seat = seat_of(nele, teams)
    assert seat is not None
    assert (seat.state, seat.way, seat.partner_id) == ("offered", "invitation", nordwind.pk)
    _confirm(teams, lena, now)
    _confirm(teams, nele, now)
    assert _taken(teams) == 1


def test_what_is_wrong_with_an_invited_team_stands_beside_the_person(
    teams: Cohort,
    nordwind: Partner,
    lena: Membership,
    mia: Membership,
    paul: Membership,
    kestrel: Partner,
    frida: Membership,
    now: Any,
) -> None:
    with pytest.raises(Refused) as refusal:
        _invite(teams, nordwind, frida, now, Wanted(lena.person.email), Wanted(paul.person.email, function="King"))
    assert {(problem.code, problem.field) for problem in refusal.value.problems} == {
        ("other_company", "email2"),
        ("no_function", "function2"),
    }
    with pytest.raises(Refused) as refusal:
        _invite(teams, nordwind, frida, now, Wanted(lena.person.email))
    assert refusal.value.codes == {"too_few"}
    with pytest.raises(Refused) as refusal:
        _invite(teams, nordwind, frida, now, Wanted(lena.person.email), Wanted(lena.person.email))
    assert refusal.value.codes == {"twice"}
    assert not Team.objects.exists()
    assert not Invitation.objects.exists()
    Cohort.objects.filter(pk=teams.pk).update(capacity=1, seats_taken=1)
    with pytest.raises(Refused) as refusal:
        _invite(teams, nordwind, frida, now, Wanted(lena.person.email), Wanted(mia.person.email))
    assert refusal.value.codes == {"full"}


def test_the_studio_reads_teams_in_the_order_in_which_they_matter(
    selecting: Cohort,
    nordwind: Partner,
    kestrel: Partner,
    lena: Membership,
    mia: Membership,
    paul: Membership,
    now: Any,
) -> None:
    waiting = team(selecting, kestrel, paul, state="waiting")
    held = team(selecting, nordwind, lena, mia, state="held")
    rows = team_rows(selecting, now)
    assert [row.public_id for row in rows] == [held.public_id, waiting.public_id]
    assert [(row.confirmed, row.missing_words) for row in rows] == [
        (2, "Sales, Technical still missing"),
        (0, "Sales, Technical still missing"),
    ]
