"""A program's drumbeat: told in each cohort by its own dates, once, never after its stage, only where it is on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from cohorts import walltime
from cohorts.models import Beat, Cohort
from cohorts.parts import Part
from cohorts.queries.drumbeat import anchors_of, banners_for, told_in
from cohorts.services.drumbeat import plan_drumbeat, propose_beats
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.models import Message
from tests.cohorts import factories
from tests.factories import NOW

type Deliver = Callable[[datetime], list[Any]]
type SignIn = Callable[[Membership], Client]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def nine(day: date, zone: str = factories.ZONE) -> datetime:
    return walltime.instant(day, time(9), zone)


@pytest.fixture
def drumming(winter: Cohort, lena: Membership) -> Cohort:
    """Lena takes part; the halfway session is on 22 December, the last one on 29 December."""
    factories.seat(winter, lena)
    winter.program.parts = [Part.DRUMBEAT]
    winter.program.save()
    Cohort.objects.filter(pk=winter.pk).update(parts=[Part.DRUMBEAT], state="running")
    winter.refresh_from_db()
    return winter


def beat(cohort: Cohort, stage: int = Beat.Stage.HALFWAY, days: int = 0, **fields: Any) -> Beat:
    words = {"title": "Halfway through {cohort}", "body": "It was on **{date}**.", **fields}
    return Beat.objects.create(program=cohort.program, stage=stage, days=days, **words)


def test_stages_follow_from_the_dates() -> None:
    cohort = Cohort(applications_close_on=date(2027, 1, 1), zone="Europe/Berlin")
    days = [date(2027, 2, 22), date(2027, 2, 1), date(2027, 2, 8), date(2027, 2, 15)]
    assert anchors_of(cohort, days) == {
        Beat.Stage.CLOSING: date(2027, 1, 1),
        Beat.Stage.START: date(2027, 2, 1),
        Beat.Stage.HALFWAY: date(2027, 2, 15),
        Beat.Stage.END: date(2027, 2, 22),
    }
    assert anchors_of(Cohort(zone="UTC"), []) == {}


@pytest.mark.parametrize(
    ("days", "hours_after", "mailed", "shown"),
    [
        (7, -1, False, False),
        (7, 0, True, True),
        (7, 47, True, True),
        (7, 48, False, True),
        (7, 7 * 24 - 1, False, True),
        (7, 7 * 24, False, False),
        # On the day itself it ends with the day.
        (0, 14, True, True),
        (0, 15, False, False),
    ],
)
def test_it_is_told_for_a_while_and_never_after_its_stage(
    days: int, hours_after: int, mailed: bool, shown: bool
) -> None:
    cohort = Cohort(zone="UTC")
    row = Beat(stage=Beat.Stage.START, days=days)
    (told,) = told_in(cohort, [row], [date(2027, 2, 8)], ZoneInfo("UTC"))
    moment = datetime(2027, 2, 8, 9, tzinfo=UTC) - days * DAY + hours_after * HOUR
    assert (told.is_mailed(moment), told.is_shown(moment)) == (mailed, shown)


def test_it_comes_once_in_the_readers_morning(drumming: Cohort, lena: Membership, render_outbox: Deliver) -> None:
    lena.person.zone = "America/New_York"
    lena.person.save()
    beat(drumming)
    there = nine(date(2026, 12, 22), "America/New_York")
    for moment, mails in ((there - HOUR, 0), (there, 1), (there + HOUR, 0), (there + DAY, 0)):
        plan_drumbeat(moment)
        sent = render_outbox(moment)
        assert len(sent) == mails, moment
        if sent:
            assert sent[0].subject == "Halfway through Winter 2026"
            assert "Tuesday 22 December" in sent[0].body


@pytest.mark.parametrize("why", ["off", "stage past", "left", "banner only", "draft"])
def test_who_it_is_not_for_hears_nothing(drumming: Cohort, lena: Membership, render_outbox: Deliver, why: str) -> None:
    row = beat(drumming)
    moment = nine(date(2026, 12, 22))
    if why == "off":
        Cohort.objects.update(parts=[])
    elif why == "stage past":
        moment += 16 * HOUR
    elif why == "left":
        drumming.seats.update(state="released")
    elif why == "banner only":
        Beat.objects.filter(pk=row.pk).update(by_mail=False)
    else:
        Cohort.objects.update(state="draft")
    plan_drumbeat(moment)
    assert not Message.objects.exists()


def test_what_was_planned_is_asked_again(drumming: Cohort, lena: Membership, render_outbox: Deliver) -> None:
    beat(drumming)
    moment = nine(date(2026, 12, 22))
    plan_drumbeat(moment)
    drumming.seats.update(state="released")
    assert render_outbox(moment) == []
    assert Message.objects.get().reason == "not_needed"


def test_before_applications_close_it_is_for_those_who_were_asked(
    drumming: Cohort, lena: Membership, paul: Membership, render_outbox: Deliver
) -> None:
    Cohort.objects.update(state="open")
    factories.application(drumming, paul, "draft")
    beat(drumming, Beat.Stage.CLOSING, 3, title="Three days left")
    moment = nine(date(2026, 12, 1))
    plan_drumbeat(moment)
    (mail,) = render_outbox(moment)
    assert "Paul Ortega" in mail.to[0]


def test_the_next_look_is_not_after_the_next_morning(drumming: Cohort) -> None:
    beat(drumming)
    at = nine(date(2026, 12, 22))
    first = plan_drumbeat(NOW)
    assert first is not None
    assert NOW < first <= at
    assert plan_drumbeat(at - HOUR) == at
    assert plan_drumbeat(at) is None


def test_banners_show_what_is_on(drumming: Cohort, lena: Membership, paul: Membership) -> None:
    beat(drumming, as_banner=True)
    beat(drumming, Beat.Stage.END, 0, title="Mail only", as_banner=False)
    at = nine(date(2026, 12, 22))
    assert banners_for(lena, at - HOUR) == []
    (banner,) = banners_for(lena, at)
    assert (banner.title, banner.body) == ("Halfway through Winter 2026", "It was on **Tuesday 22 December**.")
    assert banners_for(paul, at) == []
    Cohort.objects.update(parts=[])
    # What a member has to do with is read once a request.
    in_next_request = Membership.objects.in_organization(drumming.organization).get(pk=lena.pk)
    assert banners_for(in_next_request, at) == []


@pytest.mark.parametrize("where", ["on", "portal home", "off", "finished", "offered", "canceled session", "mail only"])
def test_the_home_of_the_cohort_shows_it_by_the_same_rules(
    drumming: Cohort, lena: Membership, sign_in: SignIn, where: str
) -> None:
    beat(drumming, as_banner=where != "mail only")
    page = address("cohort_home", drumming.public_id)
    if where == "portal home":
        page = address("portal_home")
    elif where == "off":
        Cohort.objects.update(parts=[])
    elif where == "finished":
        Cohort.objects.update(state="finished")
    elif where == "offered":
        drumming.seats.update(state="offered", confirm_by=NOW + 60 * DAY)
    elif where == "canceled session":
        # Of three sessions that are left the second is the middle one: Halfway was a week before.
        drumming.sessions.filter(number=4).update(state="cancelled")
    with time_machine.travel(nine(date(2026, 12, 22)) + HOUR):
        answer = sign_in(lena).get(page)
    assert answer.status_code == 200
    assert ("Halfway through Winter 2026" in answer.content.decode()) is (where in ("on", "portal home"))


def test_the_pages_write_it(drumming: Cohort, frida: Membership, sign_in: SignIn) -> None:
    client, program = sign_in(frida), drumming.program
    page = address("drumbeat_list", program.public_id)
    assert "Propose these four" in client.get(page).content.decode()
    for _twice in range(2):
        client.post(address("drumbeat_propose", program.public_id))
    assert Beat.objects.count() == 4
    shown = client.get(page).content.decode()
    assert "The last stretch" in shown
    assert "7 days before: Last session" in shown
    good = {"stage": 3, "days": 2, "title": "Soon halfway", "body": "See **{date}**.", "by_mail": "on"}
    for wrong in ({"days": "61"}, {"title": "\x00"}, {"stage": "9"}, {"by_mail": ""}, {"body": ""}):
        answer = client.post(address("beat_create", program.public_id), {**good, **wrong})
        assert answer.status_code == 422, wrong
    assert client.post(address("beat_create", program.public_id), good).status_code == 303
    row = Beat.objects.get(title="Soon halfway")
    edit = address("beat_edit", program.public_id, row.public_id)
    assert "Tuesday 22 December" in client.get(edit).content.decode()
    assert client.post(edit, {**good, "title": "Nearly", "revision": 1}).status_code == 303
    assert client.post(edit, {**good, "title": "Late", "revision": 1}).status_code == 422
    assert client.post(address("beat_delete", program.public_id, row.public_id)).status_code == 303
    assert Beat.objects.count() == 4


def test_what_is_off_is_not_there(drumming: Cohort, frida: Membership, sign_in: SignIn) -> None:
    program = drumming.program
    program.parts = []
    program.save()
    client = sign_in(frida)
    assert client.get(address("drumbeat_list", program.public_id)).status_code == 404
    assert client.post(address("drumbeat_propose", program.public_id)).status_code == 404
    assert not Beat.objects.exists()


def test_proposing_is_written_down_once(drumming: Cohort, actor: Actor) -> None:
    for _twice in range(2):
        propose_beats(actor=actor, program=drumming.program, now=NOW)
    assert list(Beat.objects.in_order().values_list("days", flat=True)) == [14, 3, 0, 7]
