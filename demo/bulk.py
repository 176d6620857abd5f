"""The thousands of partners that measurements need: written set by set, the same for the same seed.

Stories are told by services (see `demo.stories`); here only rows are made, in the shape that services would leave.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection

from demo.material import made_words
from partners.models import Audience, Group, GroupMember, Partner
from prm.search.services import compare
from prm.search.sources import search_sources
from prm.tenancy.scope import current_organization

BATCH = 5_000
STATUSES = ("active", "active", "active", "onboarding", "prospect", "dormant")

# Two people for each company, in three statements; addresses say which company they belong to.
_PEOPLE = """
INSERT INTO accounts_person (password, is_superuser, email, name, zone, language, is_active, is_staff, date_joined)
SELECT '!', false, 'p' || number || '@' || partner.domain, (%(first)s::text[])[1 + (partner.id + number) %% %(firsts)s]
       || ' ' || (%(last)s::text[])[1 + (partner.id * 7 + number) %% %(lasts)s], '', '', true, false, partner.created_at
FROM partners_partner AS partner, generate_series(1, 2) AS number
WHERE partner.organization_id = %(organization)s AND partner.domain LIKE 'made-%%'
ON CONFLICT DO NOTHING
"""
_MEMBERSHIPS = """
INSERT INTO accounts_membership (organization_id, person_id, kind, roles, state, created_at, public_id)
SELECT %(organization)s, person.id, 'partner', '{}', 'active', person.date_joined,
       substr(md5(%(salt)s || 'm' || person.id), 1, 12)
FROM accounts_person AS person WHERE person.email LIKE '%%@made-' || %(slug)s || '-%%'
ON CONFLICT DO NOTHING
"""
# Each join follows a unique index: without statistics of rows that are not committed yet nothing else is quick.
_USERS = """
INSERT INTO partners_partneruser
    (organization_id, public_id, membership_id, partner_id, role, job_title, joined_at, revision)
SELECT %(organization)s, substr(md5(%(salt)s || 'u' || membership.id), 1, 12), membership.id, partner.id,
       CASE number WHEN 1 THEN 'lead' ELSE 'member' END, '', partner.created_at, 1
FROM partners_partner AS partner
CROSS JOIN generate_series(1, 2) AS number
JOIN accounts_person AS person ON person.email = 'p' || number || '@' || partner.domain
JOIN accounts_membership AS membership
    ON membership.organization_id = %(organization)s AND membership.person_id = person.id
WHERE partner.organization_id = %(organization)s AND partner.domain LIKE 'made-%%'
ON CONFLICT DO NOTHING
"""
_FACTS = """
INSERT INTO activity_fact (organization_id, at, kind, partner_id, person_id, object_id, amount, unit, data)
SELECT %(organization)s, %(now)s - ((partner_user.id * 37 + number * 211) %% 8760) * interval '1 hour',
       'enablement.content_opened', partner_user.partner_id, membership.person_id, NULL, 1, '', '{}'
FROM partners_partneruser AS partner_user
JOIN accounts_membership AS membership ON membership.id = partner_user.membership_id
CROSS JOIN generate_series(1, 3) AS number
WHERE partner_user.organization_id = %(organization)s
"""


def made_partners(count: int, seed: int, now: datetime) -> Iterator[Partner]:
    """`count` companies with invented names, spread over three years."""
    chance = random.Random(seed)
    words = made_words()
    slug = current_organization().slug
    for number in range(1, count + 1):
        name = f"{chance.choice(words['front'])} {chance.choice(words['back'])} {number}"
        country, region = chance.choice(words["places"])
        domain = f"made-{slug}-{number}.example"
        yield Partner(
            name=name,
            domain=domain,
            country=country,
            region=region,
            status=chance.choice(STATUSES),
            created_at=now - timedelta(minutes=chance.randrange(3 * 365 * 1440)),
            **Partner.derived(name, domain),
        )


def make_partners(count: int, seed: int, now: datetime) -> int:
    """Make companies, their people, their places in the groups and a year of opened content; returns the number
    made.
    """
    chance = random.Random(seed + 1)
    groups = list(Group.objects.listed())
    audiences = {audience.source_id: audience for audience in Audience.objects.filter(kind="group")}
    made, batch = 0, []
    with connection.cursor() as cursor:
        # Foreign keys are checked by plans that were cached while the tables were all but empty, and would go on
        # reading them from end to end.
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        # A statement of many thousand rows takes longer than what a page waits for.
        cursor.execute("SET LOCAL statement_timeout = 0")
    for partner in made_partners(count, seed, now):
        batch.append(partner)
        if len(batch) == BATCH:
            made += _store(batch, groups, audiences, chance)
            batch = []
    made += _store(batch, groups, audiences, chance)
    _make_people(now, seed)
    for source in search_sources.all():
        compare(source, 0)
    return made


def _store(batch: list[Partner], groups: list[Group], audiences: dict[int, Audience], chance: random.Random) -> int:
    from partners.models import AudienceMember

    Partner.objects.bulk_create(batch)
    members, heard = [], []
    for partner in batch:
        group = chance.choice(groups)
        members.append(GroupMember(group=group, partner=partner, starts_at=partner.created_at, source="import"))
        if group.pk in audiences:
            heard.append(AudienceMember(audience=audiences[group.pk], partner=partner, starts_at=partner.created_at))
    GroupMember.objects.bulk_create(members, batch_size=BATCH)
    AudienceMember.objects.bulk_create(heard, batch_size=BATCH)
    return len(batch)


def _make_people(now: datetime, seed: int) -> None:
    from demo.material import people_words

    words = people_words()
    organization = current_organization()
    parameters = {
        "organization": organization.pk,
        "slug": organization.slug,
        "salt": f"{seed}-{organization.slug}-",
        "now": now,
        "first": words["first"],
        "last": words["last"],
        "firsts": len(words["first"]),
        "lasts": len(words["last"]),
    }
    with connection.cursor() as cursor:
        for statement in (_PEOPLE, _MEMBERSHIPS, _USERS, _FACTS):
            cursor.execute(statement, parameters)
