"""The pages on which staff write a drumbeat."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Beat, Cohort, Program
from cohorts.parts import Part
from cohorts.queries.drumbeat import anchors_of, session_days, told_in, words_of
from prm.addresses import address
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.rendering.previews import Preview


@dataclass(frozen=True, slots=True)
class BeatRow:
    beat: Beat
    url: str
    when: str
    next_at: datetime | None
    next_in: str


def beat_rows(program: Program, now: datetime) -> list[BeatRow]:
    """The sequence, each with when and where it is told next."""
    beats = list(Beat.objects.filter(program=program).in_order())
    cohorts = list(Cohort.objects.under_way().filter(program=program, parts__contains=[Part.DRUMBEAT]).order_by("pk"))
    days = session_days(cohort.pk for cohort in cohorts) if cohorts else {}
    rows = []
    for beat in beats:
        coming = [
            (told.at, cohort.title)
            for cohort in cohorts
            for told in told_in(cohort, [beat], days.get(cohort.pk, []), cohort.tz)
            if told.at > now
        ]
        at, title = min(coming, default=(None, ""))
        rows.append(BeatRow(beat, address("beat_edit", program.public_id, beat.public_id), _when(beat), at, title))
    return rows


def _when(beat: Beat) -> str:
    stage = beat.get_stage_display()
    if not beat.days:
        return stage
    words = ngettext("%(n)d day before: %(stage)s", "%(n)d days before: %(stage)s", beat.days)
    return words % {"n": beat.days, "stage": stage}


def preview_of_beat(beat: Beat) -> Preview:
    """The mail as its reader finds it, in the newest cohort of the program."""
    cohort = Cohort.objects.filter(program=beat.program_id).newest_first().first()
    if cohort is None:
        cohort = Cohort(program_id=beat.program_id, title=_("Spring"), zone="UTC")
        day = None
    else:
        day = anchors_of(cohort, session_days([cohort.pk]).get(cohort.pk, [])).get(beat.stage)
    title, body = words_of(beat, cohort, day)
    context = {"greeting": _("Hello %(name)s,") % {"name": "Lena"}, "cohort": cohort.title, "title": title}
    return Preview.of_mail(
        Mail(
            "cohorts/emails/beat",
            {**context, "body": Markdown(body)},
            button=(_("Open the cohort"), "https://x.example/"),
        )
    )
