"""Running planners and sender for a given moment, to see what will happen when: one machine and tests only."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from prm.outbox.models import Message
from prm.outbox.planning import plan_organization
from prm.outbox.sender import deliver, deliver_account_mails
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope


@dataclass
class Happening:
    """What a moment brought to one organization: how many messages were planned, and where messages went."""

    organization: Organization
    planned: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    is_unreachable: bool = False

    @property
    def anything(self) -> bool:
        return bool(self.planned or self.counts or self.is_unreachable)


def run_moment(at: datetime, organizations: Iterable[Organization] | None = None) -> list[Happening]:
    """Plan and send for every active organization as if it were `at`; returns what happened to each."""
    if organizations is None:
        organizations = Organization.objects.filter(state=Organization.State.ACTIVE).order_by("name")
    while deliver_account_mails():
        pass
    return [_run(organization, at) for organization in organizations]


def _run(organization: Organization, at: datetime) -> Happening:
    happening = Happening(organization)
    before = _stored(organization)
    plan_organization(organization, at)
    happening.planned = _stored(organization) - before
    while True:
        report = deliver(organization, clock=lambda: at)
        for state, number in report.counts.items():
            happening.counts[state] = happening.counts.get(state, 0) + number
        happening.is_unreachable = report.is_unreachable
        if not report.more or report.is_unreachable:
            return happening


def _stored(organization: Organization) -> int:
    with scope(organization):
        return int(Message.objects.count())


def parse_moment(text: str) -> datetime:
    """A moment from ISO text; without an offset it is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_default_timezone())
