"""What of partners can be found: by colleagues all of them, their people and products; by partners their team."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from partners.countries import country_name
from partners.models import Partner, PartnerUser, Product
from partners.queries.people import partner_user_of
from partners.queries.profiles import Profile, Reader, profiles_of, with_profiles
from prm.accounts.models import Membership
from prm.accounts.permissions import may
from prm.addresses import address
from prm.search.sources import Hit, Reach, Text

PARTNERS, PEOPLE, PRODUCTS = "partners", "people", "products"
_ACTIVE = Membership.State.ACTIVE


# ── Partners ────────────────────────────────────────────────────────────────────────────────────────────────────────


def partner_rows() -> Any:
    return Partner.objects.values_list("pk", "name", "domain", "archived_at")


def partner_text(row: tuple[Any, ...]) -> Text:
    key, name, domain, archived_at = row
    return Text(key, name, domain, is_last=archived_at is not None)


def partner_reach(member: Membership) -> Reach | None:
    return Reach() if may(member, "partners.view") else None


def partner_hits(member: Membership, keys: Sequence[int]) -> Mapping[int, Hit]:
    found = Partner.objects.filter(pk__in=keys) if partner_reach(member) else ()
    return {partner.pk: _partner_hit(partner) for partner in found}


def _partner_hit(partner: Partner) -> Hit:
    mark, tone = _mark(partner)
    return Hit(
        label=partner.name,
        url=address("partner_detail", partner.public_id),
        hint=" · ".join(filter(None, (partner.domain, country_name(partner.country)))),
        mark=mark,
        tone=tone,
    )


def _mark(partner: Partner) -> tuple[str, str]:
    if partner.is_archived:
        return _("Archived"), "neutral"
    return (_("Test"), "info") if partner.is_test else ("", "neutral")


# ── People ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def person_rows() -> Any:
    """Everybody who has not left, by their own row at the partner."""
    people = PartnerUser.objects.exclude(membership__state=Membership.State.REMOVED)
    return people.values_list(
        "pk", "partner_id", "membership__person__name", "membership__person__email", "membership__state"
    )


def person_text(row: tuple[Any, ...]) -> Text:
    key, partner_id, name, email, state = row
    return Text(key, name or email, email, holder_id=partner_id, is_last=state != _ACTIVE)


def person_reach(member: Membership) -> Reach | None:
    """Colleagues find everybody; a partner's people those of their own company."""
    if may(member, "partners.view"):
        return Reach()
    user = partner_user_of(member)
    return Reach(holder_id=user.partner_id) if user is not None else None


def person_hits(member: Membership, keys: Sequence[int]) -> Mapping[int, Hit]:
    people = PartnerUser.objects.filter(pk__in=keys).with_person().select_related("partner")
    if may(member, "partners.view"):
        is_managing = may(member, "partners.manage")
        present = people.exclude(membership__state=Membership.State.REMOVED)
        return {user.pk: _studio_hit(user, is_managing) for user in present}
    own = partner_user_of(member)
    if own is None:
        return {}
    reader = Reader(member, timezone.now())
    team = list(with_profiles(people.active().filter(partner=own.partner_id), member))
    return {user.pk: _team_hit(user, told) for user, told in zip(team, profiles_of(team, reader), strict=True)}


def _studio_hit(user: PartnerUser, is_managing: bool) -> Hit:
    partner, person, member = user.partner, user.membership.person, user.membership
    mark, tone = _mark(partner)
    if member.state != _ACTIVE and not mark:
        mark, tone = str(member.get_state_display()), "warning"
    page = address("partner_detail", partner.public_id)
    return Hit(
        label=str(person),
        url=address("partner_person", partner.public_id, user.public_id) if is_managing else page,
        hint=f"{partner.name} · {person.email}",
        mark=mark,
        tone=tone,
        has_avatar=True,
    )


def _team_hit(user: PartnerUser, profile: Profile) -> Hit:
    person = user.membership.person
    return Hit(
        label=str(person),
        url=profile.url,
        hint=" · ".join(filter(None, (profile.job_title or str(user.get_role_display()), person.email))),
        has_avatar=True,
    )


def users_of_member(member: Membership) -> list[int]:
    """The keys of the rows that carry the member's name."""
    if member.kind != Membership.Kind.PARTNER:
        return []
    return list(PartnerUser.objects.filter(membership=member).values_list("pk", flat=True))


# ── Products ────────────────────────────────────────────────────────────────────────────────────────────────────────


def product_rows() -> Any:
    return Product.objects.values_list("pk", "name", "code", "retired_on")


def product_text(row: tuple[Any, ...]) -> Text:
    key, name, code, retired_on = row
    return Text(key, f"{name} {code}".strip(), is_last=retired_on is not None)


def product_hits(member: Membership, keys: Sequence[int]) -> Mapping[int, Hit]:
    found = Product.objects.filter(pk__in=keys).select_related("family") if partner_reach(member) else ()
    return {product.pk: _product_hit(product) for product in found}


def _product_hit(product: Product) -> Hit:
    return Hit(
        label=product.name,
        url=address("product_detail", product.public_id),
        hint=" · ".join(filter(None, (product.code, str(product.family or "")))),
        mark=_("Retired") if product.is_retired else "",
    )
