"""Recaps that the system drafts by itself after each session, for a facilitator to edit and send."""

import re
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from cohorts.models import Cohort, Recap, Session
from cohorts.queries.people import facilitating_members
from cohorts.queries.recap_words import unsent_recaps
from cohorts.queries.recaps import drafted_body, without_recap
from prm.addresses import address
from prm.outbox.notifications import notify
from prm.tenancy.scope import current_organization

# A session that is over for longer gets no draft any more: such as those of a cohort that was typed in afterwards.
DRAFTED_WITHIN = timedelta(days=7)
# The revision of a draft that nobody has edited: also what a page says that was opened before there was one.
BY_THE_SYSTEM = 0


def draft_recaps(now: datetime) -> datetime | None:
    """Draft a recap for every session that is over and has none; returns when the next one ends.

    Its facilitators find it behind the bell. A draft that nobody touched follows what becomes known later: see
    `redraft_recap`.
    """
    over = without_recap().filter(ends_at__lte=now, ends_at__gt=now - DRAFTED_WITHIN)
    for session in over.select_related("cohort").order_by("ends_at", "pk"):
        _draft(session, now)
    ahead = without_recap().filter(ends_at__gt=now).order_by("ends_at")
    return ahead.values_list("ends_at", flat=True).first()


@transaction.atomic
def _draft(session: Session, now: datetime) -> None:
    with translation.override(current_organization().language):
        recap = Recap(session=session, body=drafted_body(session), drafted_at=now, revision=BY_THE_SYSTEM)
        if not Recap.objects.bulk_create([recap], ignore_conflicts=True):
            return
        title = _("A recap of “%(session)s” is drafted: make it yours") % {"session": session.title}
    url = address("recap_edit", session.cohort.public_id, session.public_id)
    for colleague in facilitating_members(session.cohort):
        notify(membership=colleague, kind="cohorts.recap_drafted", title=title, url=url, now=now)


def follow_words(*, cohort: Cohort, before: str, after: str, now: datetime) -> None:
    """What somebody said of themselves (as `queries.recap_words` words it) is said anew or taken back: recaps that are
    not sent yet follow. Drafts of the system are written anew; in what a facilitator edited the former words, where
    they stand there to the letter, give way.
    """
    if before == after:
        return
    for recap in unsent_recaps(cohort):
        if recap.revision == BY_THE_SYSTEM:
            redraft_recap(session=recap.session, now=now)
        elif (body := _with_other_words(recap.body, before, after)) != recap.body:
            Recap.objects.filter(pk=recap.pk).update(body=body, revision=F("revision") + 1)


def _with_other_words(body: str, before: str, after: str) -> str:
    """One of what stands there as whole lines, whatever the browser ends lines with: others may have said the same."""
    lines = r"\r?\n".join(re.escape(line) for line in before.split("\n"))
    return re.sub(rf"(?m)^{lines}[ \t]*(?=\r?$)", lambda _found: after, body, count=1) if before else body


def redraft_recap(*, session: Session, now: datetime) -> None:
    """Write the system's draft anew out of what is known by now, unless somebody has edited it."""
    untouched = Recap.objects.filter(session=session, state=Recap.State.DRAFT, revision=BY_THE_SYSTEM)
    if not untouched.exists():
        return
    with translation.override(current_organization().language):
        untouched.update(body=drafted_body(session), drafted_at=now)
