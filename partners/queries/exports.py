"""Lists of partners and of their people, as they are exported."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from partners import rules
from partners.countries import country_name
from partners.models import Attribute, AttributeValue, GroupMember, Partner, PartnerUser, PreparedPerson
from partners.models.partners import PartnerQuerySet
from partners.queries.partner_lists import PartnerFilter, matching_partners
from prm.accounts.models import Membership

PARTNERS, PEOPLE = "partners.partners", "partners.people"
_THERE = "attribute:"


def chosen_partners(parameters: Mapping[str, Any]) -> PartnerQuerySet:
    """The partners that were asked for: those that were ticked, else all that the list was narrowed to."""
    if ids := parameters.get("ids"):
        ticked: PartnerQuerySet = Partner.objects.filter(pk__in=ids)
        return ticked
    return matching_partners(PartnerFilter.of(parameters.get("query", ""), timezone.now()))


def partner_columns() -> list[tuple[str, str]]:
    """(key, title) of everything that a list of partners may have; the titles are those that an import reads."""
    attributes = Attribute.objects.listed().in_order()
    return [
        ("key", _("Canopy ID")),
        ("name", _("Company")),
        ("domain", _("Domain")),
        ("website", _("Website")),
        ("country", _("Country")),
        ("region", _("Region")),
        ("status", _("Status")),
        ("account_manager", _("Account manager")),
        ("notes", _("Notes")),
        ("groups", _("Groups")),
        ("added", _("Added on")),
        *((f"{_THERE}{attribute.pk}", attribute.name) for attribute in attributes),
    ]


def count_partners(parameters: Mapping[str, Any]) -> int:
    return chosen_partners(parameters).count()


def partner_cells(parameters: Mapping[str, Any], keys: Sequence[str], after: int, limit: int) -> list[list[Any]]:
    """The cells of the next partners after this key, each row led by its own key."""
    groups = GroupMember.objects.open().filter(partner=OuterRef("pk"), group__archived_at=None)
    names = ArraySubquery(groups.order_by("group__normalized_name").values("group__name"))
    page = chosen_partners(parameters).filter(pk__gt=after).order_by("pk")
    partners = list(page.select_related("account_manager__person").annotate(group_names=names)[:limit])
    values = _values(keys, [partner.pk for partner in partners])
    return [
        [
            partner.pk,
            *(values.get((partner.pk, key), "") if key.startswith(_THERE) else _PARTNER[key](partner) for key in keys),
        ]
        for partner in partners
    ]


_PARTNER: Mapping[str, Callable[[Any], Any]] = {
    "key": lambda partner: partner.public_id,
    "name": lambda partner: partner.name,
    "domain": lambda partner: partner.domain,
    "website": lambda partner: partner.website,
    "country": lambda partner: country_name(partner.country),
    "region": lambda partner: partner.region,
    "status": lambda partner: partner.get_status_display(),
    "account_manager": lambda partner: partner.account_manager.person.email if partner.account_manager else "",
    "notes": lambda partner: partner.notes,
    "groups": lambda partner: "; ".join(partner.group_names),
    "added": lambda partner: partner.created_at.date().isoformat(),
}


def _values(keys: Sequence[str], partner_ids: Sequence[int]) -> dict[tuple[int, str], str]:
    wanted = [int(key.removeprefix(_THERE)) for key in keys if key.startswith(_THERE)]
    if not wanted:
        return {}
    rows = AttributeValue.objects.filter(attribute__in=wanted, partner__in=partner_ids).select_related("attribute")
    return {(row.partner_id, f"{_THERE}{row.attribute_id}"): _as_text(row) for row in rows}


def _as_text(row: AttributeValue) -> str:
    """The value as an import reads it again: days in ISO form, numbers plain, choices by their labels."""
    kind, value = row.attribute.kind, row.value
    if kind in (Attribute.Kind.NUMBER, Attribute.Kind.DATE):
        return str(rules.as_json(value))
    if kind == Attribute.Kind.CHOICES:
        labels = row.attribute.labels()
        return "; ".join(labels.get(key, key) for key in value)
    return rules.display(row.attribute, value)


def people_columns() -> list[tuple[str, str]]:
    return [
        ("email", _("E-mail")),
        ("name", _("Name")),
        ("company", _("Company")),
        ("domain", _("Company’s domain")),
        ("job", _("Job title")),
        ("role", _("Role")),
        ("state", _("State")),
    ]


def count_people(parameters: Mapping[str, Any]) -> int:
    number: int = _users(parameters).count() + _prepared(parameters).count()
    return number


def people_cells(parameters: Mapping[str, Any], keys: Sequence[str], after: int, limit: int) -> list[list[Any]]:
    """The cells of the next people: members by their key first, then people by theirs below zero."""
    if after >= 0:
        users = _users(parameters).filter(pk__gt=after).select_related("membership__person", "partner")
        found = [[user.pk, *(_user_cells(user)[key] for key in keys)] for user in users.order_by("pk")[:limit]]
        if len(found) == limit:
            return found
        after, limit = 0, limit - len(found)
    else:
        found = []
    people = _prepared(parameters).filter(pk__gt=-after).select_related("partner").order_by("pk")[:limit]
    return found + [[-person.pk, *(_prepared_cells(person)[key] for key in keys)] for person in people]


def _users(parameters: Mapping[str, Any]) -> Any:
    mine = chosen_partners(parameters).filter(pk=OuterRef("partner"))
    return PartnerUser.objects.filter(Exists(mine)).exclude(membership__state=Membership.State.REMOVED)


def _prepared(parameters: Mapping[str, Any]) -> Any:
    return PreparedPerson.objects.filter(Exists(chosen_partners(parameters).filter(pk=OuterRef("partner"))))


def _user_cells(user: PartnerUser) -> dict[str, str]:
    person = user.membership.person
    return {
        "email": person.email,
        "name": person.name,
        "company": user.partner.name,
        "domain": user.partner.domain,
        "job": user.job_title,
        "role": str(user.get_role_display()),
        "state": str(user.membership.get_state_display()),
    }


def _prepared_cells(person: PreparedPerson) -> dict[str, str]:
    return {
        "email": person.email,
        "name": person.name,
        "company": person.partner.name,
        "domain": person.partner.domain,
        "job": person.job_title,
        "role": str(person.get_role_display()),
        "state": _("Invited") if person.invited_at else _("Not invited yet"),
    }
