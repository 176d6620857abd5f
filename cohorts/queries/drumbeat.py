"""When the beats of a program are told in a cohort, to whom, and which of them a reader sees now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats

from cohorts import walltime
from cohorts.models import Application, Beat, Cohort, Nomination, Seat, Session
from cohorts.parts import Part
from cohorts.queries.mine import seated_in
from prm.accounts.models import Membership

MORNING = time(9)
# After so long a message is not sent any more; a banner stands for so long, but never beyond its stage.
TOLD_WITHIN = timedelta(days=2)
SHOWN_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Told:
    """A beat in one cohort, for clocks of one zone: from `at` on, and only while its stage is not past (`until`)."""

    beat: Beat
    anchor: date
    at: datetime
    until: datetime

    def is_mailed(self, now: datetime) -> bool:
        return self.beat.by_mail and self.at <= now < min(self.until, self.at + TOLD_WITHIN)

    def is_shown(self, now: datetime) -> bool:
        return self.beat.as_banner and self.at <= now < min(self.until, self.at + SHOWN_FOR)


@dataclass(frozen=True, slots=True)
class Banner:
    title: str
    body: str
    cohort: Cohort


def anchors_of(cohort: Cohort, days: Sequence[date]) -> dict[int, date]:
    """The day of each stage; `days` are those of the cohort's sessions that are still on."""
    found: dict[int, date] = {}
    if cohort.applications_close_on:
        found[Beat.Stage.CLOSING] = cohort.applications_close_on
    if days:
        listed = sorted(days)
        found |= {
            Beat.Stage.START: listed[0],
            Beat.Stage.HALFWAY: listed[len(listed) // 2],
            Beat.Stage.END: listed[-1],
        }
    return found


def told_in(cohort: Cohort, beats: Iterable[Beat], days: Sequence[date], zone: ZoneInfo) -> list[Told]:
    """Each beat whose stage the cohort has a day for."""
    anchors = anchors_of(cohort, days)
    found = []
    for beat in beats:
        day = anchors.get(beat.stage)
        if day is not None:
            at = walltime.instant(day - timedelta(days=beat.days), MORNING, zone)
            found.append(Told(beat, day, at, walltime.end_of_day(day, cohort.zone)))
    return found


def session_days(cohort_ids: Iterable[int]) -> dict[int, list[date]]:
    rows = Session.objects.still_on().filter(cohort__in=list(cohort_ids)).values_list("cohort_id", "starts_on")
    found: dict[int, list[date]] = {}
    for cohort_id, day in rows:
        found.setdefault(cohort_id, []).append(day)
    return found


def words_of(beat: Beat, cohort: Cohort, day: date | None) -> tuple[str, str]:
    """Title and text with {cohort} and {date} filled in."""
    told = formats.date_format(day, "l j F") if day else "…"
    return tuple(text.replace("{cohort}", cohort.title).replace("{date}", told) for text in (beat.title, beat.body))  # type: ignore[return-value]


def readers_of(cohort: Cohort, stage: int) -> set[int]:
    """Memberships: until applications close those who were asked or have begun, afterwards the participants."""
    if stage != Beat.Stage.CLOSING:
        return set(Seat.objects.confirmed().filter(cohort=cohort).values_list("membership_id", flat=True))
    begun = Application.objects.filter(cohort=cohort, state=Application.State.DRAFT)
    asked = Nomination.objects.filter(cohort=cohort, membership__isnull=False, state=Nomination.State.OPEN)
    answered = Application.objects.filter(cohort=cohort).exclude(state=Application.State.DRAFT)
    wanted = {*begun.values_list("membership_id", flat=True), *asked.values_list("membership_id", flat=True)}
    return wanted - set(answered.values_list("membership_id", flat=True))


def drumming() -> "list[Cohort]":
    """Cohorts under way whose drumbeat is switched on and whose program has one."""
    rows = Cohort.objects.under_way().filter(parts__contains=[Part.DRUMBEAT], program__beats__isnull=False)
    return list(rows.select_related("program").distinct().order_by("pk"))


def banners_for(member: Membership, now: datetime) -> list[Banner]:
    """What the portal shows the member now, of cohorts in which they take part."""
    cohorts = [cohort for cohort in seated_in(member, now).values() if cohort.uses(Part.DRUMBEAT)]
    if not cohorts:
        return []
    programs = {cohort.program_id for cohort in cohorts}
    beats = list(Beat.objects.filter(program__in=programs, as_banner=True).exclude(stage=Beat.Stage.CLOSING).in_order())
    days = session_days(cohort.pk for cohort in cohorts)
    found = []
    for cohort in cohorts:
        own = [beat for beat in beats if beat.program_id == cohort.program_id]
        found += _banners(cohort, own, days.get(cohort.pk, []), member.zone, now)
    return found


def banners_in(seat: Seat, days: Sequence[date], member: Membership, now: datetime) -> list[Banner]:
    """The same of one cohort, on its home, whose session days are known: at most one query."""
    cohort = seat.cohort
    if seat.state != Seat.State.CONFIRMED or cohort.state not in Cohort.UNDER_WAY or not cohort.uses(Part.DRUMBEAT):
        return []
    beats = Beat.objects.filter(program=cohort.program_id, as_banner=True).exclude(stage=Beat.Stage.CLOSING)
    return _banners(cohort, list(beats.in_order()), days, member.zone, now)


def _banners(
    cohort: Cohort, beats: Iterable[Beat], days: Sequence[date], zone: ZoneInfo, now: datetime
) -> list[Banner]:
    shown = [row for row in told_in(cohort, beats, days, zone) if row.is_shown(now)]
    return [Banner(*words_of(told.beat, cohort, told.anchor), cohort) for told in shown]
