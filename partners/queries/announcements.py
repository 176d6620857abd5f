"""Announcements: whom one is for, how many these are, and what the studio lists of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import (
    Announcement,
    AnnouncementAudience,
    AnnouncementPartner,
    AnnouncementReader,
    Audience,
    AudienceMember,
    Partner,
    PartnerUser,
)
from partners.models.audiences import EVERYONE
from partners.models.partners import PartnerQuerySet, PartnerUserQuerySet
from partners.queries.partner_lists import PartnerFilter, matching_partners
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.models import Message, Preference
from prm.tenancy.scope import current_organization

MAIL = "partners.announcement"
CATEGORY = "announcements"
_MOST_REGIONS, _MOST_SAMPLES = 100, 8


@dataclass(frozen=True)
class Target:
    """Whom an announcement is for: everybody who is in any of these.

    `view_query` is None where no saved view is meant; `chosen` are partners picked by hand. Somebody who is in an
    audience as a person is meant whatever `is_leads_only` says.
    """

    audience_ids: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()
    view_query: str | None = None
    chosen: QuerySet[Any, Any] | None = None
    is_leads_only: bool = True


def target_of(row: Announcement) -> Target:
    rules = AnnouncementAudience.objects.filter(announcement=row, audience__closed_at=None)
    return Target(
        audience_ids=tuple(rules.order_by("pk").values_list("audience", flat=True)),
        regions=tuple(row.regions),
        view_query=row.view_query if row.view_name else None,
        chosen=AnnouncementPartner.objects.filter(announcement=row).values("partner"),
        is_leads_only=row.readers == Announcement.Readers.LEADS,
    )


def _present(target: Target, now: datetime) -> QuerySet[AudienceMember]:
    rows: QuerySet[AudienceMember] = AudienceMember.objects.present(now)
    return rows.filter(audience__in=target.audience_ids, audience__closed_at=None)


def _is_for_all(target: Target) -> Exists:
    return Exists(Audience.objects.filter(pk__in=target.audience_ids, kind=EVERYONE, closed_at=None))


def partners_meant(target: Target, now: datetime) -> PartnerQuerySet:
    """The partners that it is for as companies; test partners left out."""
    meant = Q(_is_for_all(target)) | Q(pk__in=_present(target, now).filter(partner__isnull=False).values("partner"))
    if target.regions:
        meant |= Q(region__in=target.regions)
    if target.view_query is not None:
        found = matching_partners(PartnerFilter.of(target.view_query, now))
        meant |= Q(pk__in=found.order_by().values("pk"))
    if target.chosen is not None:
        meant |= Q(pk__in=target.chosen)
    rows: PartnerQuerySet = Partner.objects.real()
    return rows.filter(meant)


def _users(target: Target, now: datetime) -> PartnerUserQuerySet:
    at_partners = Q(partner__in=partners_meant(target, now).order_by().values("pk"))
    if target.is_leads_only:
        at_partners &= Q(role=PartnerUser.Role.LEAD)
    themselves = Q(membership__in=_present(target, now).filter(membership__isnull=False).values("membership"))
    rows: PartnerUserQuerySet = PartnerUser.objects.real()
    return rows.filter(at_partners | themselves)


def people_meant(target: Target, now: datetime) -> QuerySet[Membership]:
    """Everybody who would be reached at `now`: partners' people, and the guests of cohorts. Not evaluated."""
    guests = _present(target, now).filter(membership__kind=Membership.Kind.GUEST).values("membership")
    members = Membership.objects.in_organization(current_organization()).active()
    return members.filter(Q(pk__in=_users(target, now).values("membership")) | Q(pk__in=guests))


@dataclass(frozen=True, slots=True)
class Numbers:
    """`people` at `partners` would be reached; `without` further partners have nobody who could read it, of the people
    `silent` get no mail by their own choice. `all` is how many partners there are.
    """

    people: int
    partners: int
    without: int
    silent: int
    all: int

    @property
    def words(self) -> str:
        people = ngettext("%d person", "%d people", self.people) % self.people
        partners = ngettext("%d partner", "%d partners", self.partners) % self.partners
        return _("%(people)s at %(partners)s") % {"people": people, "partners": partners}


def numbers_of(target: Target, now: datetime) -> Numbers:
    """One query, whatever the size."""
    people = people_meant(target, now)
    partners = partners_meant(target, now)
    users = _users(target, now)
    off = Preference.objects.filter(membership=OuterRef("pk"), category=CATEGORY).exclude(choice=Preference.Choice.MAIL)
    counts = (
        _counted("people", people),
        _counted("partners", Partner.objects.filter(pk__in=users.values("partner"))),
        _counted("without", partners.exclude(pk__in=users.values("partner"))),
        _counted("silent", people.filter(Exists(off))),
        _counted("all", Partner.objects.real()),
    )
    found = dict(counts[0].union(*counts[1:], all=True))
    return Numbers(**{name: found.get(name, 0) for name in ("people", "partners", "without", "silent", "all")})


def _counted(what: str, rows: QuerySet[Any, Any]) -> Any:
    counted = rows.order_by().annotate(what=Value(what, CharField()))
    return counted.values("what").annotate(n=Count("*")).values_list("what", "n")


@dataclass(frozen=True, slots=True)
class Sample:
    """Somebody of one of the groups that it is for, to see it as they will."""

    public_id: str
    name: str
    first_name: str
    partner: str
    through: str


def samples_of(target: Target, now: datetime) -> list[Sample]:
    """One person of each audience, region or view, those of the first few; one query each."""
    parts = [(label, Target((pk,), is_leads_only=target.is_leads_only)) for pk, label in _labels(target.audience_ids)]
    parts += [(region, Target(regions=(region,), is_leads_only=target.is_leads_only)) for region in target.regions]
    if target.view_query is not None:
        parts.append((_("the view"), Target(view_query=target.view_query, is_leads_only=target.is_leads_only)))
    if target.chosen is not None and not parts:
        parts.append((_("the list"), target))
    found = [_sample(label, part, now) for label, part in parts[:_MOST_SAMPLES]]
    return [sample for sample in found if sample is not None]


def _labels(audience_ids: Sequence[int]) -> list[tuple[int, str]]:
    rows = {row.pk: str(row) for row in Audience.objects.filter(pk__in=audience_ids)}
    return [(pk, rows[pk]) for pk in audience_ids if pk in rows]


def _sample(label: str, part: Target, now: datetime) -> Sample | None:
    member = people_meant(part, now).select_related("person").order_by("pk").first()
    if member is None:
        return None
    user = PartnerUser.objects.filter(membership=member).select_related("partner").first()
    name = user.partner.name if user else ""
    return Sample(member.public_id, str(member.person), member.person.first_name, name, label)


def target_words(row: Announcement, target: Target) -> str:
    """Whom it is for, by names: "Resellers, Gold, Bavaria"."""
    names = [label for _pk, label in _labels(target.audience_ids)] + list(target.regions)
    names += [_("view “%s”") % row.view_name] if row.view_name else []
    chosen = AnnouncementPartner.objects.filter(announcement=row).count()
    names += [ngettext("%d partner", "%d partners", chosen) % chosen] if chosen else []
    return ", ".join(names)[:300]


def region_choices() -> list[tuple[str, str]]:
    """The regions that partners have, by name."""
    rows = Partner.objects.real().exclude(region="").order_by("region").values_list("region", flat=True).distinct()
    return [(region, region) for region in rows[:_MOST_REGIONS]]


# ── For the studio ──────────────────────────────────────────────────────────────────────────────────────────────────

_TONES = {"draft": "neutral", "scheduled": "info", "sent": "success", "withdrawn": "neutral"}


@dataclass(frozen=True, slots=True)
class AnnouncementRow:
    subject: str
    url: str
    told: str
    figures: str
    writer: str
    when: str
    state: str
    tone: str


def announcements(state: str = "") -> QuerySet[Announcement]:
    """The latest first, with `n_read` and `n_confirmed`."""
    rows = Announcement.objects.latest_first().select_related("written_by__person")
    if state in Announcement.State.values:
        rows = rows.filter(state=state)
    reached = AnnouncementReader.objects.filter(announcement=OuterRef("pk")).order_by().values("announcement")
    found: QuerySet[Announcement] = rows.annotate(
        n_read=Coalesce(Subquery(reached.filter(opened_at__isnull=False).annotate(n=Count("*")).values("n")), 0),
        n_confirmed=Coalesce(
            Subquery(reached.filter(acknowledged_at__isnull=False).annotate(n=Count("*")).values("n")), 0
        ),
    )
    return found


def announcement_row(row: Any) -> AnnouncementRow:
    figures = ""
    if row.state in (Announcement.State.SENT, Announcement.State.WITHDRAWN):
        figures = ngettext("%d person", "%d people", row.sent_to) % row.sent_to
        figures += ", " + _("%d read it") % row.n_read
        figures += ", " + _("%d confirmed") % row.n_confirmed if row.asks else ""
    return AnnouncementRow(
        subject=row.subject or _("Without a subject"),
        url=address("announcement_detail", row.public_id),
        told=row.told,
        figures=figures,
        writer=str(row.written_by.person),
        when=moment_words(row.sent_at or row.due_at or row.written_at),
        state=str(row.get_state_display()),
        tone=_TONES[row.state],
    )


def moment_words(at: datetime) -> str:
    return date_format(localtime(at), "j M Y, H:i")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: of those it was sent to, by mail `mailed`, `bounced`, `waiting`; and what the people did."""

    reached: int
    mailed: int
    bounced: int
    waiting: int
    read: int
    confirmed: int

    @property
    def unread(self) -> int:
        return self.reached - self.read

    @property
    def unconfirmed(self) -> int:
        return self.reached - self.confirmed


def outcome_of(row: Announcement) -> Outcome:
    """Two queries."""
    mails = Message.objects.filter(kind=MAIL, subject_id=row.pk)
    states = dict(mails.order_by().values_list("state").annotate(n=Count("*")))
    readers = AnnouncementReader.objects.filter(announcement=row)
    counted = readers.aggregate(
        reached=Count("*"),
        read=Count("pk", filter=Q(opened_at__isnull=False)),
        confirmed=Count("pk", filter=Q(acknowledged_at__isnull=False)),
    )
    return Outcome(
        mailed=states.get(Message.State.SENT, 0),
        bounced=states.get(Message.State.FAILED, 0) + states.get(Message.State.UNKNOWN, 0),
        waiting=sum(states.get(state, 0) for state in Message.IN_HAND),
        **counted,
    )


READ, UNREAD, CONFIRMED, UNCONFIRMED, BOUNCED = "read", "unread", "confirmed", "unconfirmed", "bounced"
_NARROWED = {
    READ: Q(opened_at__isnull=False),
    UNREAD: Q(opened_at=None),
    CONFIRMED: Q(acknowledged_at__isnull=False),
    UNCONFIRMED: Q(acknowledged_at=None),
    BOUNCED: Q(mail__in=[Message.State.FAILED, Message.State.UNKNOWN]),
}


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """A person whom it reached, and what they did, in ready strings."""

    name: str
    partner: str
    partner_url: str
    mail: str
    read: str
    confirmed: str


def readers_of(row: Announcement, show: str = "") -> QuerySet[Any]:
    """Those whom it reached, with their partner, and `mail`: the state of the mail to them."""
    mine = Message.objects.filter(kind=MAIL, subject_id=row.pk, recipient=OuterRef("membership"))
    user = PartnerUser.objects.filter(membership=OuterRef("membership"))
    rows: QuerySet[Any] = AnnouncementReader.objects.filter(announcement=row).annotate(
        mail=Subquery(mine.values("state")[:1]),
        company=Subquery(user.values("partner__name")[:1]),
        company_id=Subquery(user.values("partner__public_id")[:1]),
    )
    if show in _NARROWED:
        rows = rows.filter(_NARROWED[show])
    return rows.select_related("membership__person").order_by("pk")


def reader_row(row: Any) -> ReaderRow:
    return ReaderRow(
        name=str(row.membership.person),
        partner=row.company or "",
        partner_url=address("partner_detail", row.company_id) if row.company_id else "",
        mail=str(Message.State(row.mail).label) if row.mail else _("portal only"),
        read=moment_words(row.opened_at) if row.opened_at else "",
        confirmed=moment_words(row.acknowledged_at) if row.acknowledged_at else "",
    )


def announcement_of(public_id: str) -> Announcement | None:
    rows: Iterable[Announcement] = Announcement.objects.select_related("written_by__person").filter(public_id=public_id)
    return next(iter(rows), None)
