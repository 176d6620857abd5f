"""What a partner's page in the studio reads: the record with everything that hangs on it, and its people.

One query for the record, since the page asks for so much; prepared, since it is a long one.
"""

from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from partners.days import day_of
from partners.models import Partner, PartnerUser
from partners.queries.attributes import with_known
from partners.queries.companies import with_company
from partners.queries.conversations import with_conversations
from partners.queries.groups import audience_ids_of
from partners.queries.logos import with_logo
from partners.queries.people import partner_people, with_prepared
from partners.queries.products import with_rights
from partners.queries.profiles import STAFF_READER, with_profiles
from partners.queries.record import with_record
from partners.queries.tier_standings import with_tier_lines
from prm.tenancy.prepared import prepared


def partner_for_page(public_id: str, now: datetime) -> Any:
    """The partner with `audience_ids` (those its people are in) and with what these read out of it; None without any.

    `known_of`, `record_values`, `prepared_of`, `first_rights`, `tier_lines`, `company_of`,
    `logo_link_of`, `conversations_of`.
    """
    return _partner.first(public_id, now, day_of(now))


@prepared
def _partner(public_id: str, now: datetime, today: date) -> QuerySet[Partner]:
    rows: Any = with_rights(with_prepared(with_record(with_known(Partner.objects.all()))))
    rows = with_logo(with_company(with_tier_lines(rows, now), today))
    rows = with_conversations(rows, today)
    rows = rows.annotate(audience_ids=ArraySubquery(audience_ids_of(OuterRef(OuterRef("pk")), now)))
    found: QuerySet[Partner] = rows.select_related("account_manager__person").filter(public_id=public_id)
    return found


def people_for_staff(partner: Partner, start: int, stop: int) -> list[PartnerUser]:
    """The partner's people from one place of the list to another, each with what colleagues read of them."""
    return _people(partner.pk, start=start, stop=stop)


@prepared
def _people(partner_id: int, *, start: int, stop: int) -> QuerySet[PartnerUser]:
    return with_profiles(partner_people(partner_id), STAFF_READER)[start:stop]
