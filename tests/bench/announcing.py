"""An announcement to 50,000 people: reached in the portal and queued as mails, all of it rolled back."""

import time
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from partners.models import Audience
from partners.services.announcing import (
    AnnouncementDetails,
    plan_announcements,
    schedule_announcement,
    write_announcement,
)
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.outbox.models import Message
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.bench.data import analyze
from tests.bench.measuring import Figure

PEOPLE, SECONDS = 50_000, 10
_PERSONS = """
INSERT INTO accounts_person (password, is_superuser, email, name, zone, language, is_active, is_staff, date_joined)
SELECT '', false, 'many' || number || '@many.example', 'Many ' || number, '', '', true, false, now()
FROM generate_series(1, %s) AS number
"""
_MEMBERS = """
INSERT INTO accounts_membership (organization_id, public_id, person_id, kind, roles, state, created_at)
SELECT %s, left(replace(gen_random_uuid()::text, '-', ''), 12), id, 'partner', '{}', 'active', now()
FROM accounts_person WHERE email LIKE 'many%%@many.example'
"""
_USERS = """
INSERT INTO partners_partneruser (organization_id, public_id, revision, membership_id, partner_id, role, job_title,
    joined_at)
SELECT member.organization_id, left(replace(gen_random_uuid()::text, '-', ''), 12), 1, member.id,
    listed.ids[1 + mod(member.id, cardinality(listed.ids))], 'lead', '', now()
FROM accounts_membership AS member
    JOIN accounts_person AS person ON person.id = member.person_id AND person.email LIKE 'many%%@many.example'
    CROSS JOIN (
        SELECT array_agg(id) AS ids FROM partners_partner
        WHERE organization_id = %s AND archived_at IS NULL AND NOT is_test
    ) AS listed
"""


def measure_announcing(organization: Organization) -> Figure:
    with scope(organization), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_PERSONS, [PEOPLE])
            cursor.execute(_MEMBERS, [organization.pk])
            cursor.execute(_USERS, [organization.pk])
        took, number = _announced(organization)
        transaction.set_rollback(True)
    # What was rolled back is swept up, or whatever is measured next would wade through it.
    analyze()
    target = f"≤ {SECONDS} s for {PEOPLE:,} people"
    ok = number >= PEOPLE and took <= SECONDS
    return Figure(f"announcing to {number:,}", p50_ms=round(took * 1000), rate=number / took, target=target, ok=ok)


def _announced(organization: Organization) -> tuple[float, int]:
    owner = Membership.objects.in_organization(organization).staff().filter(roles__contains=["owner"])[0]
    actor, at = Actor.of(owner), timezone.now()
    details = AnnouncementDetails("News", "Something new.", audience_ids=[Audience.objects.everyone().pk])
    row = write_announcement(actor=actor, details=details, now=at)
    schedule_announcement(actor=actor, announcement=row, revision=1, is_for_all=True, now=at)
    began = time.perf_counter()
    plan_announcements(at + timedelta(minutes=3))
    took = time.perf_counter() - began
    return took, Message.objects.filter(kind="partners.announcement", subject_id=row.pk).count()
