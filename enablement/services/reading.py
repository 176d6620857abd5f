"""Reading: opened, tracked, completed, downloaded."""

from datetime import datetime

from django.db import connection, transaction

from enablement import facts
from enablement.models import Content, Memory
from enablement.queries.gates import audience_ids_of
from enablement.queries.steps import STEPS_ABOUT_CONTENT
from enablement.services.recall import enrol
from partners.queries.people import partner_user_of
from partners.services.journeys.doing import credit_person
from prm.accounts.models import Membership
from prm.activity.kinds import FactKind
from prm.activity.services import record
from prm.tenancy.scope import current_organization

# A beat covers a few seconds; what is claimed beyond the time since the last one is not believed.
LONGEST_BEAT = 60
_SLACK = 5

# In what an upsert returns, xmax is 0 where the row is new.

_BEAT = """
INSERT INTO enablement_progress AS known
    (organization_id, membership_id, content_id, opened_at, last_at, seconds, reached, downloads)
SELECT %(organization)s, %(membership)s, content.id, %(now)s, %(now)s, least(%(seconds)s, %(slack)s), %(reached)s, 0
FROM enablement_content AS content
WHERE content.organization_id = %(organization)s AND content.public_id = %(content)s AND content.state = 'published'
    AND EXISTS (
        SELECT FROM enablement_contentaudience AS rule
        WHERE rule.organization_id = %(organization)s AND rule.content_id = content.id
            AND rule.audience_id = ANY(%(audiences)s)
    )
ON CONFLICT (organization_id, membership_id, content_id) DO UPDATE
SET last_at = greatest(known.last_at, excluded.last_at),
    reached = greatest(known.reached, excluded.reached),
    seconds = known.seconds + greatest(
        least(%(seconds)s, extract(epoch FROM excluded.last_at - known.last_at)::int + %(slack)s), 0)
RETURNING content_id, xmax = 0
"""

_TOUCH = """
INSERT INTO enablement_progress AS known
    (organization_id, membership_id, content_id, opened_at, last_at, seconds, reached, downloads, completed_at)
VALUES (%(organization)s, %(membership)s, %(content)s, %(now)s, %(now)s, 0, %(reached)s, %(downloads)s,
    %(completed_at)s)
ON CONFLICT (organization_id, membership_id, content_id) DO UPDATE
SET last_at = excluded.last_at, reached = greatest(known.reached, excluded.reached),
    downloads = known.downloads + excluded.downloads, completed_at = coalesce(known.completed_at, excluded.completed_at)
WHERE excluded.completed_at IS NULL OR known.completed_at IS NULL
RETURNING xmax = 0
"""


@transaction.atomic
def track(*, membership: Membership, public_id: str, seconds: int, reached: int, now: datetime) -> bool:
    """Note that the member had this content before their eyes for some `seconds` more, down to `reached` percent.

    One statement, the gate included; the first beat of all is the opening and a fact. False where the member may not
    see such content. Time that cannot have passed since the last beat is not believed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _BEAT,
            {
                "organization": current_organization().pk,
                "membership": membership.pk,
                "content": public_id,
                "audiences": sorted(audience_ids_of(membership, now)),
                "seconds": min(max(seconds, 0), LONGEST_BEAT),
                "reached": min(max(reached, 0), 100),
                "slack": _SLACK,
                "now": now,
            },
        )
        noted = cursor.fetchone()
    if noted is None:
        return False
    content_id, is_first = noted
    if is_first:
        _record(facts.CONTENT_OPENED, membership, content_id, now)
    return True


@transaction.atomic
def complete_content(*, membership: Membership, content: Content, now: datetime) -> bool:
    """The member is through with it: progress, fact, and its questions are to be remembered from now on.

    False when it was completed before; then nothing changes.
    """
    if not _touch(membership, content, now, reached=100, completed_at=now):
        return False
    enrol(membership_ids=[membership.pk], content_ids=[content.pk], cause=Memory.Cause.CONTENT, now=now)
    _record(facts.CONTENT_COMPLETED, membership, content.pk, now)
    credit_steps(membership=membership, content=content, now=now)
    return True


def credit_steps(*, membership: Membership, content: Content, now: datetime) -> None:
    """Have the steps of journeys that ask for this content know at once what the member did with it."""
    user = partner_user_of(membership)
    if user is not None:
        credit_person(user=user, kinds=STEPS_ABOUT_CONTENT, source_id=content.pk, now=now)


@transaction.atomic
def note_download(*, membership: Membership, content: Content, now: datetime) -> None:
    """The member fetched the file."""
    _touch(membership, content, now, downloads=1)
    _record(facts.FILE_DOWNLOADED, membership, content.pk, now)


def _touch(
    membership: Membership,
    content: Content,
    now: datetime,
    reached: int = 0,
    downloads: int = 0,
    completed_at: datetime | None = None,
) -> bool:
    """Bring the progress row up to date; False, and nothing written, where it was to be completed and is already."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TOUCH,
            {
                "organization": current_organization().pk,
                "membership": membership.pk,
                "content": content.pk,
                "now": now,
                "reached": reached,
                "downloads": downloads,
                "completed_at": completed_at,
            },
        )
        touched = cursor.fetchone()
    if touched is not None and touched[0]:
        _record(facts.CONTENT_OPENED, membership, content.pk, now)
    return touched is not None


def _record(kind: FactKind, membership: Membership, content_id: int, now: datetime) -> None:
    user = partner_user_of(membership)
    record(
        kind=kind,
        at=now,
        partner_id=user.partner_id if user else None,
        person_id=membership.person_id,
        object_id=content_id,
    )
