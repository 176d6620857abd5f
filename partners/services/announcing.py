"""Announcements: written, planned, sent, corrected, taken back; read and confirmed by those whom they reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, DateTimeField, Min, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners import facts
from partners.models import (
    ANNOUNCEMENT_MACHINE,
    Announcement,
    AnnouncementAudience,
    AnnouncementPartner,
    AnnouncementReader,
    PartnerUser,
)
from partners.models.partners import PartnerQuerySet
from partners.queries.announcements import MAIL, Target, numbers_of, people_meant, target_of, target_words
from partners.queries.people import partner_user_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.addresses import address
from prm.audit.services import note
from prm.outbox.notifications import notify
from prm.outbox.services import post_due
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.scope import current_organization
from prm.tenancy.wakeups import wake

ANNOUNCEMENT_MAIL = MAIL
REMINDER_MAIL = "partners.announcement_reminder"
STOPPED = "partners.announcement_stopped"
# So long it can be taken back before anybody gets it.
UNDO_TIME = timedelta(minutes=2)
FARTHEST = timedelta(days=366)

_REACHED = """
INSERT INTO partners_announcementreader (organization_id, announcement_id, membership_id, was_sent)
SELECT %%s, %%s, who.id, true FROM (%s) AS who (id)
ON CONFLICT (organization_id, announcement_id, membership_id) DO UPDATE SET was_sent = true
"""


@dataclass(frozen=True)
class AnnouncementDetails:
    """What is written, and whom it is for. `view` is the name and the query of a saved view."""

    subject: str
    body: str
    topic: str = Announcement.Topic.MESSAGE
    readers: str = Announcement.Readers.LEADS
    is_mailed: bool = True
    asks: bool = False
    audience_ids: Sequence[int] = ()
    regions: Sequence[str] = ()
    view: tuple[str, str] | None = None

    def words(self) -> dict[str, Any]:
        return {"subject": " ".join(self.subject.split())[:120], "body": self.body.strip()}

    def columns(self) -> dict[str, Any]:
        view_name, view_query = self.view or ("", "")
        return {
            **self.words(),
            "topic": self.topic,
            "readers": self.readers,
            "is_mailed": self.is_mailed,
            "asks": self.asks,
            "regions": list(self.regions),
            "view_name": view_name,
            "view_query": view_query,
        }


def leads_of(partners: PartnerQuerySet) -> "QuerySet[PartnerUser]":
    """Whom a message to these partners goes to: every lead that can come in, test partners left out."""
    leads = PartnerUser.objects.active().filter(role=PartnerUser.Role.LEAD)
    return leads.filter(partner__in=partners.listed().filter(is_test=False).order_by().values("pk"))


@transaction.atomic
def write_announcement(
    *, actor: Actor, details: AnnouncementDetails, partners: PartnerQuerySet | None = None, now: datetime
) -> Announcement:
    """Write a draft, perhaps to partners chosen by hand. Nobody gets it before it is scheduled."""
    row: Announcement = Announcement.objects.create(
        **details.columns(), written_by=Membership.objects.by_id(actor.membership_id or 0), written_at=now
    )
    _set_audiences(row, details.audience_ids)
    if partners is not None:
        chosen = partners.listed().order_by().values_list("pk", flat=True)
        AnnouncementPartner.objects.bulk_create(
            (AnnouncementPartner(announcement=row, partner_id=pk) for pk in chosen), batch_size=5000
        )
    note(actor=actor, verb="partners.announcement_written", obj=row)
    return row


def _set_audiences(row: Announcement, audience_ids: Sequence[int]) -> None:
    AnnouncementAudience.objects.filter(announcement=row).exclude(audience__in=audience_ids).delete()
    AnnouncementAudience.objects.bulk_create(
        (AnnouncementAudience(announcement=row, audience_id=pk) for pk in dict.fromkeys(audience_ids)),
        ignore_conflicts=True,
    )


@transaction.atomic
def change_announcement(
    *, actor: Actor, announcement: Announcement, revision: int, details: AnnouncementDetails, now: datetime
) -> None:
    """Change a draft. Raises `Refused`: changed_meanwhile, wrong_state."""
    row = Announcement.objects.select_for_update().get(pk=announcement.pk)
    refuse_if([] if row.state == Announcement.State.DRAFT else [_not_a_draft()])
    update_if_unchanged(announcement, revision, **details.columns(), problem="", is_for_all=False)
    _set_audiences(announcement, details.audience_ids)
    note(actor=actor, verb="partners.announcement_changed", obj=announcement)


@transaction.atomic
def correct_announcement(
    *, actor: Actor, announcement: Announcement, revision: int, subject: str, body: str, now: datetime
) -> None:
    """Correct the words of what was sent: the portal and mails on their way say the new ones, and when they changed.

    Raises `Refused`: changed_meanwhile, wrong_state.
    """
    row = Announcement.objects.select_for_update().get(pk=announcement.pk)
    problem = Problem("wrong_state", _("Only what was sent is corrected; a draft is edited."))
    refuse_if([] if row.state == Announcement.State.SENT else [problem])
    words = AnnouncementDetails(subject, body).words()
    changes = update_if_unchanged(announcement, revision, **words)
    if changes:
        Announcement.objects.filter(pk=announcement.pk).update(changed_at=now)
        announcement.changed_at = now
        note(actor=actor, verb="partners.announcement_corrected", obj=announcement, changes=changes)


@transaction.atomic
def schedule_announcement(
    *,
    actor: Actor,
    announcement: Announcement,
    revision: int,
    at: datetime | None = None,
    is_for_all: bool = False,
    now: datetime,
) -> None:
    """Have it sent `at` this moment, or without one in two minutes; `stop_announcement` makes it a draft again.

    Raises `Refused`: changed_meanwhile, wrong_state, past, too_far, nobody, for_all (it goes to every partner, and
    nobody has said that it is for all).
    """
    row = Announcement.objects.select_for_update().get(pk=announcement.pk)
    refuse_if([] if row.state == Announcement.State.DRAFT else [_not_a_draft()])
    refuse_if(_moment_problems(at, now))
    numbers = numbers_of(target_of(row), now)
    if not numbers.people:
        raise Refused(Problem("nobody", _("Nobody would get it. Choose for whom it is, or invite people first.")))
    if numbers.all > 1 and numbers.partners + numbers.without >= numbers.all and not is_for_all:
        words = _("This goes to all %d partners. Say that it is for all, or choose fewer.") % numbers.all
        raise Refused(Problem("for_all", words, "is_for_all"))
    update_if_unchanged(announcement, revision, is_for_all=is_for_all, problem="")
    due_at = at or now + UNDO_TIME
    ANNOUNCEMENT_MACHINE.move(announcement, "schedule", due_at=due_at)
    changes: dict[str, list[Any]] = {"due_at": [None, due_at], "people": [0, numbers.people]}
    note(actor=actor, verb="partners.announcement_scheduled", obj=announcement, changes=changes)
    wake("plan", due_at)


def _moment_problems(at: datetime | None, now: datetime) -> list[Problem]:
    if at is None:
        return []
    if at <= now:
        return [Problem("past", _("This moment has passed. Choose a later one, or send it now."), "on")]
    return [Problem("too_far", _("Choose a day within a year."), "on")] if at > now + FARTHEST else []


def _not_a_draft() -> Problem:
    return Problem("wrong_state", _("It is no draft any more. Look at what became of it."))


@transaction.atomic
def announce(
    *, actor: Actor, partners: PartnerQuerySet, told: str, subject: str, body: str, now: datetime
) -> Announcement:
    """Write to the leads of these partners, each once, two minutes from now; `withdraw` stops it until then.

    `told` is what the partners were chosen by, in words. Raises `Refused` with `nobody` where none of them has a lead.
    """
    details = AnnouncementDetails(subject, body)
    row = write_announcement(actor=actor, details=details, partners=partners, now=now)
    people = people_meant(target_of(row), now).count()
    if not people:
        raise Refused(Problem("nobody", _("None of these partners has a lead who could read it. Invite people first.")))
    Announcement.objects.filter(pk=row.pk).update(told=told[:300], sent_to=people, is_for_all=True)
    row.told, row.sent_to = told[:300], people
    ANNOUNCEMENT_MACHINE.move(row, "schedule", due_at=now + UNDO_TIME)
    note(actor=actor, verb="partners.announcement_scheduled", obj=row, changes={"people": [0, people]})
    wake("plan", now + UNDO_TIME)
    return row


# ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def plan_announcements(now: datetime) -> datetime | None:
    """The planner: send what was scheduled for a moment that has come; returns the next such moment."""
    for pk in Announcement.objects.due(now).order_by("due_at", "pk").values_list("pk", flat=True):
        _send(pk, now)
    ahead = Announcement.objects.filter(state=Announcement.State.SCHEDULED, due_at__gt=now)
    found: datetime | None = ahead.aggregate(at=Min("due_at"))["at"]
    return found


@transaction.atomic
def _send(pk: int, now: datetime) -> None:
    """Reach everybody whom it is for now, by one statement for the portal and one for the mails."""
    row = Announcement.objects.select_for_update(skip_locked=True, of=("self",)).due(now).filter(pk=pk).first()
    if row is None:
        return
    target = target_of(row)
    numbers = numbers_of(target, now)
    problem = _sending_problem(row, numbers.people, numbers.partners + numbers.without, numbers.all)
    if problem:
        _stop(row, problem, now)
        return
    reached = _reach(row, target, now)
    told = row.told or target_words(row, target)
    ANNOUNCEMENT_MACHINE.move(row, "send", sent_at=now, sent_to=reached, told=told)
    if row.is_mailed:
        post_due(kind=ANNOUNCEMENT_MAIL, due=_mails(row, now), now=now)
    note(actor=Actor.system("Canopy"), verb="partners.announced", obj=row, changes={"people": [0, reached]})


def _sending_problem(row: Announcement, people: int, partners: int, everybody: int) -> str:
    """Why it must not be sent although its moment has come: what it is for changed since it was scheduled."""
    if not people:
        return _("Nobody was left whom it is for when it was to be sent.")
    if everybody > 1 and partners >= everybody and not row.is_for_all:
        words = ngettext("It would have gone to all %d partner.", "It would have gone to all %d partners.", everybody)
        return words % everybody
    return ""


def _stop(row: Announcement, problem: str, now: datetime) -> None:
    """Make it a draft again and tell who wrote it."""
    ANNOUNCEMENT_MACHINE.move(row, "stop", problem=problem[:300], due_at=None)
    writer = Membership.objects.by_id(row.written_by_id)
    url = address("announcement_detail", row.public_id)
    title = _("Not sent: %(subject)s. %(problem)s") % {"subject": row.subject, "problem": problem}
    notify(membership=writer, kind=STOPPED, title=title, url=url, now=now)


def _reach(row: Announcement, target: Target, now: datetime) -> int:
    select, parameters = people_meant(target, now).order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_REACHED % select, [current_organization().pk, row.pk, *parameters])
        return int(cursor.rowcount)


def _mails(row: Announcement, now: datetime) -> QuerySet[Any, Any]:
    readers = AnnouncementReader.objects.filter(announcement=row, was_sent=True).order_by()
    named = readers.annotate(slot=Value("", CharField()), at=Value(now, DateTimeField()))
    rows: QuerySet[Any, Any] = named.values_list("membership_id", "announcement_id", "slot", "at")
    return rows


@transaction.atomic
def withdraw(*, actor: Actor, announcement: Announcement, now: datetime) -> None:
    """Take it back. What is scheduled is a draft again; what was sent leaves the portal, and mails that are still on
    their way are not sent. Twice is once.
    """
    row = Announcement.objects.select_for_update().get(pk=announcement.pk)
    if row.state == Announcement.State.SCHEDULED:
        ANNOUNCEMENT_MACHINE.move(announcement, "stop", due_at=None, told="", sent_to=0)
    elif row.state == Announcement.State.SENT:
        ANNOUNCEMENT_MACHINE.move(announcement, "withdraw", withdrawn_at=now)
    elif row.state == Announcement.State.WITHDRAWN or (row.due_at is None and row.sent_at is None):
        return
    note(actor=actor, verb="partners.announcement_withdrawn", obj=announcement)


@transaction.atomic
def discard_announcement(*, actor: Actor, announcement: Announcement) -> None:
    """Throw a draft away. Raises `Refused`: wrong_state."""
    row = Announcement.objects.select_for_update().get(pk=announcement.pk)
    refuse_if([] if row.state == Announcement.State.DRAFT else [_not_a_draft()])
    note(actor=actor, verb="partners.announcement_discarded", obj=row)
    row.delete()


@transaction.atomic
def remind_of_announcement(*, actor: Actor, announcement: Announcement, now: datetime) -> int:
    """Write once more to those who were to confirm and have not; returns to how many. Once an announcement.

    Raises `Refused`: wrong_state, reminded, nobody.
    """
    row = Announcement.objects.select_for_update().get(pk=announcement.pk)
    if row.state != Announcement.State.SENT or not row.asks:
        raise Refused(Problem("wrong_state", _("Nobody is asked to confirm this.")))
    if row.reminded_at is not None:
        raise Refused(Problem("reminded", _("They were reminded already. Call those who have not confirmed.")))
    waits = AnnouncementReader.objects.filter(announcement=row, was_sent=True, acknowledged_at=None).order_by()
    named = waits.annotate(slot=Value("", CharField()), at=Value(now, DateTimeField()))
    due = named.values_list("membership_id", "announcement_id", "slot", "at")
    number = post_due(kind=REMINDER_MAIL, due=due, now=now)
    if not number:
        raise Refused(Problem("nobody", _("Everybody has confirmed it.")))
    update_if_unchanged(announcement, row.revision, reminded_at=now)
    note(actor=actor, verb="partners.announcement_reminded", obj=row, changes={"people": [0, number]})
    return number


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def open_announcement(*, membership: Membership, announcement: Announcement, now: datetime) -> None:
    """A person opens it in the portal: told to who wrote it, the first time."""
    _reader(membership, announcement)
    unread = AnnouncementReader.objects.filter(announcement=announcement, membership=membership, opened_at=None)
    if unread.update(opened_at=now):
        record(kind=facts.ANNOUNCEMENT_READ, at=now, object_id=announcement.pk, **_whose(membership))


@transaction.atomic
def acknowledge(*, membership: Membership, announcement: Announcement, now: datetime) -> None:
    """A person confirms that they have read it. Twice is once. Raises `Refused` with `wrong_state` where nobody asks
    for it, or asks any more.
    """
    row = Announcement.objects.select_for_update().get(pk=announcement.pk)
    if not row.asks or row.state != Announcement.State.SENT:
        raise Refused(Problem("wrong_state", _("Nobody asks for this any more.")))
    _reader(membership, announcement)
    mine = AnnouncementReader.objects.filter(announcement=row, membership=membership)
    mine.filter(opened_at=None).update(opened_at=now)
    if mine.filter(acknowledged_at=None).update(acknowledged_at=now):
        record(kind=facts.ANNOUNCEMENT_CONFIRMED, at=now, object_id=row.pk, **_whose(membership))


def _reader(membership: Membership, announcement: Announcement) -> None:
    AnnouncementReader.objects.bulk_create(
        [AnnouncementReader(announcement=announcement, membership=membership)], ignore_conflicts=True
    )


def _whose(membership: Membership) -> dict[str, Any]:
    user = partner_user_of(membership)
    return {"partner_id": user.partner_id if user else None, "person_id": membership.person_id}
