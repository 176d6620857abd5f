"""What a partner's page tells of its people in cohorts."""

from datetime import datetime, timedelta

from cohorts.models import Attendance, Cohort, Graduation, Session
from cohorts.queries.partner_facet import cohorts_of_partner, presence_judged
from partners.models import Partner
from prm.accounts.models import Membership
from tests.cohorts import factories
from tests.factories import NOW


def attended(cohort: Cohort, member: Membership, *states: str) -> None:
    for session, state in zip(Session.objects.filter(cohort=cohort).order_by("number"), states, strict=False):
        Session.objects.filter(pk=session.pk).update(state="held")
        Attendance.objects.create(session=session, membership=member, state=state, recorded_at=NOW)


def test_seats_with_how_often_they_were_there(
    winter: Cohort, nordwind: Partner, kestrel: Partner, lena: Membership, paul: Membership, now: datetime
) -> None:
    assert cohorts_of_partner(nordwind.pk, now) is None
    factories.seat(winter, lena)
    factories.seat(winter, paul)
    attended(winter, lena, "present", "absent")
    card = cohorts_of_partner(nordwind.pk, now)
    assert card is not None
    (line,) = card.lines
    assert (line.title, line.hint, line.badge) == ("Winter 2026", "Lena Brandt · 1 of 2 sessions", "Seat confirmed")
    assert line.url.endswith(f"/studio/cohorts/{winter.public_id}/")
    assert card.summary == ""


def test_graduates_are_counted_unless_it_was_taken_back(
    winter: Cohort, nordwind: Partner, lena: Membership, now: datetime
) -> None:
    factories.seat(winter, lena)
    earned = Graduation.objects.create(
        cohort=winter, membership=lena, partner=nordwind, name="Lena", program_title="X", graduated_at=now
    )
    card = cohorts_of_partner(nordwind.pk, now)
    assert card is not None
    assert (card.summary, card.lines[0].badge) == ("1 graduate", "Graduated")
    Graduation.objects.filter(pk=earned.pk).update(revoked_at=now + timedelta(days=1))
    card = cohorts_of_partner(nordwind.pk, now)
    assert card is not None
    assert (card.summary, card.lines[0].badge) == ("", "Seat confirmed")


def test_who_misses_two_sessions_of_a_running_cohort_is_watched(
    winter: Cohort, nordwind: Partner, kestrel: Partner, lena: Membership, paul: Membership, now: datetime
) -> None:
    factories.seat(winter, lena)
    attended(winter, lena, "absent", "absent")
    both = [nordwind.pk, kestrel.pk]
    assert presence_judged(both, now) == {}, "it has not begun"
    Cohort.objects.filter(pk=winter.pk).update(state="running")
    factories.seat(winter, paul)
    found = presence_judged(both, now)
    assert {pk: judged[0].standing for pk, judged in found.items()} == {nordwind.pk: "watch", kestrel.pk: "good"}
    where = found[nordwind.pk][0].where
    assert where is not None
    assert winter.public_id in where("any")
