"""What one person reads of another: the only place that decides it, asked by every page that shows people."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import global_settings
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from partners import rules
from partners.circles import circles
from partners.models import PartnerUser, PersonProfile
from partners.models.partners import PartnerUserQuerySet
from partners.queries.kept_apart import kept_from, never_conditions
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.prepared import prepared

_TOLD: Mapping[str, Any] = {
    field: F("photo__public_id" if field == "photo" else field)
    for field in (*PersonProfile.FIELDS, "readers")
    if field != "job_title"
}


_LANGUAGES = dict(global_settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads. `is_watched` where a colleague of the organization looks over the shoulder ("See as"): what is for
    the person alone stays closed then.
    """

    membership: Membership
    now: datetime
    is_watched: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What one reader reads of one person, in ready strings: "" where nothing is told or the reader does not read it.

    `readable` are the fields that the reader would read if they were filled. `is_apart` where the two companies are
    never brought together: nothing is read then, and pages on which partners meet leave the person out.
    """

    name: str
    company: str
    url: str
    readable: frozenset[str]
    is_apart: bool = False
    said_as: str = ""
    photo: str = ""
    job_title: str = ""
    function: str = ""
    seniority: str = ""
    languages: str = ""
    link: str = ""
    offers: str = ""
    seeks: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, field) for field in PersonProfile.FIELDS)

    @property
    def short_link(self) -> str:
        return self.link.partition("//")[2].removeprefix("www.").rstrip("/")

    @property
    def work(self) -> str:
        """Job title, or else the function, in one line with the company."""
        return " · ".join(filter(None, (self.job_title or self.function, self.company)))


def with_profiles(users: PartnerUserQuerySet, reader: Membership) -> PartnerUserQuerySet:
    """People, each with what `profiles_of` reads out of them for this reader."""
    told = PersonProfile.objects.filter(user=OuterRef("pk")).values(row=JSONObject(**_TOLD))
    is_staff, nothing = reader.kind == Membership.Kind.STAFF, Value(None, BigIntegerField())
    own = PartnerUser.objects.filter(membership=reader.pk).values("partner")
    annotated: PartnerUserQuerySet = users.select_related("membership__person", "partner").annotate(
        told=Subquery(told),
        is_close=_is_close(reader),
        # Colleagues compete with nobody.
        readers_partner=nothing if is_staff else Subquery(own),
        keep_apart=nothing if is_staff else never_conditions(),
    )
    return annotated


def functions_for_staff(membership: str) -> Subquery:
    """The function of each row's person (the column `membership` names it) as colleagues of the organization read it;
    nothing where the person keeps it to themselves.
    """
    return _for_staff("function", membership)


def seniorities_for_staff(membership: str) -> Subquery:
    """The seniority of each row's person, in the same way."""
    return _for_staff("seniority", membership)


def _for_staff(field: str, membership: str) -> Subquery:
    told = PersonProfile.objects.filter(user__membership=OuterRef(membership))
    open_to = [str(reader) for reader in PersonProfile.Reader if reader != PersonProfile.Reader.NOBODY]
    is_read = Q(**{f"readers__{field}__in": open_to}) | ~Q(readers__has_key=field)
    return Subquery(told.filter(is_read).values(field))


def _is_close(reader: Membership) -> Any:
    """Whether somebody is the reader's colleague or shares a circle with the reader."""
    if reader.kind == Membership.Kind.STAFF:
        return Value(False)
    close = Q(Exists(PartnerUser.objects.filter(membership=reader, partner=OuterRef("partner"))))
    for circle in circles.all():
        close |= Q(membership__in=circle.companions(reader))
    return ExpressionWrapper(close, BooleanField())


def profiles_of(users: Sequence[PartnerUser], reader: Reader) -> list[Profile]:
    """What the reader reads of each of those whom `with_profiles` gave for this very reader.

    Where some are of other companies than the reader's, one query asks who competes with whom.
    """
    apart = _kept_apart(users, reader.now)
    return [_profile(user, reader, is_apart=user.partner_id in apart) for user in users]


def _kept_apart(users: Sequence[PartnerUser], now: datetime) -> frozenset[int]:
    """The companies among these people's with which the reader's own is never brought together."""
    first: Any = users[0] if users else None
    if first is None or first.readers_partner is None:
        return frozenset()
    return kept_from(first.readers_partner, {user.partner_id for user in users}, first.keep_apart, now)


def _profile(user: PartnerUser, reader: Reader, *, is_apart: bool) -> Profile:
    told: dict[str, Any] = user.told or {}  # type: ignore[attr-defined]
    levels = frozenset() if is_apart else _levels(user, reader)
    readable = rules.fields_read(told.get("readers"), levels)
    shown = {name: words for name, words in _words(user, told).items() if name in readable and words}
    return Profile(
        name=str(user.membership.person),
        company=user.partner.name,
        url=address("person_profile", user.membership.public_id),
        readable=readable,
        is_apart=is_apart,
        **shown,
    )


def _levels(user: PartnerUser, reader: Reader) -> frozenset[str]:
    member, is_own = reader.membership, user.membership_id == reader.membership.pk
    return rules.levels_read(
        is_self=is_own and not reader.is_watched,
        is_staff=member.is_staff or is_own,
        is_partner=member.is_partner,
        is_close=bool(user.is_close),  # type: ignore[attr-defined]
        is_here=user.membership.state == Membership.State.ACTIVE and user.partner.archived_at is None,
    )


def _words(user: PartnerUser, told: Mapping[str, Any]) -> dict[str, str]:
    function, seniority = told.get("function"), told.get("seniority")
    return {
        "said_as": told.get("said_as") or "",
        "photo": address("person_photo", user.membership.public_id) if told.get("photo") else "",
        "job_title": user.job_title,
        "function": str(PersonProfile.Function(function).label) if function else "",
        "seniority": str(PersonProfile.Seniority(seniority).label) if seniority else "",
        "languages": ", ".join(str(_(_LANGUAGES[code])) for code in told.get("languages") or () if code in _LANGUAGES),
        "link": told.get("link") or "",
        "offers": told.get("offers") or "",
        "seeks": told.get("seeks") or "",
    }


def profiles_for(reader: Reader, membership_ids: Collection[int]) -> dict[int, Profile]:
    """What the reader reads of each of these people, by their membership; people who are no partner's are missing."""
    member, wanted = reader.membership, sorted(membership_ids)
    users = _staffs(wanted) if member.kind == Membership.Kind.STAFF else _others(wanted, member.pk, kind=member.kind)
    return {user.membership_id: told for user, told in zip(users, profiles_of(users, reader), strict=True)}


# Colleagues all read the same.
STAFF_READER = Membership(kind=Membership.Kind.STAFF)


@prepared
def _staffs(membership_ids: list[int]) -> PartnerUserQuerySet:
    return with_profiles(PartnerUser.objects.filter(membership__in=membership_ids), STAFF_READER)


@prepared
def _others(membership_ids: list[int], reader_id: int, *, kind: str) -> PartnerUserQuerySet:
    reader = Membership(pk=reader_id, kind=kind)
    return with_profiles(PartnerUser.objects.filter(membership__in=membership_ids), reader)


def person_for(reader: Reader, public_id: str) -> tuple[PartnerUser, Profile] | None:
    """A partner's person by the public id of the membership, with what the reader reads; None for nobody.

    For a partner's person somebody of another company exists only as far as they let themselves be seen, and not at
    all where the companies are never brought together.
    """
    rows = PartnerUser.objects.filter(membership__public_id=public_id)
    user = with_profiles(rows, reader.membership).first()
    if user is None:
        return None
    (profile,) = profiles_of([user], reader)
    is_close: bool = user.is_close  # type: ignore[attr-defined]
    is_known = reader.membership.is_staff or is_close or user.membership_id == reader.membership.pk
    return (user, profile) if profile or (is_known and not profile.is_apart) else None


def own_profile(user: PartnerUser) -> PersonProfile | None:
    return PersonProfile.objects.filter(user=user).select_related("photo").first()
