"""Celery shells: an id, one call. Each may run late, twice, or not at all: what is due stands in Postgres."""

import logging
from typing import Any

from celery import shared_task
from celery.signals import before_task_publish
from django.db import close_old_connections, connection
from django.utils import timezone

from prm.outbox import pulses
from prm.outbox.planning import plan_organization, ring_for_what_is_due
from prm.outbox.sender import answer_wakeup, deliver_account_mails
from prm.outbox.sender.accounts import forget_old_account_mails
from prm.outbox.services.accounts import ring_for_account_mails
from prm.tenancy.models import Organization
from prm.tenancy.wakeups import settle, take

logger = logging.getLogger(__name__)


@shared_task(name="outbox.deliver")
def deliver(organization_id: int, **_later: Any) -> None:
    organization = _active(organization_id)
    if organization is not None:
        answer_wakeup(organization)


@shared_task(name="outbox.deliver_account_mails")
def account_mails(**_later: Any) -> None:
    if deliver_account_mails():
        ring_for_account_mails()


@shared_task(name="outbox.tidy")
def tidy(**_later: Any) -> None:
    forget_old_account_mails(timezone.now())


@shared_task(name="planning.plan")
def plan(organization_id: int, **_later: Any) -> None:
    organization = _active(organization_id)
    now = timezone.now()
    if organization is not None and take("plan", organization, now):
        settle("plan", organization, plan_organization(organization, now))


@shared_task(name="planning.tick")
def tick(**_later: Any) -> None:
    ring_for_what_is_due(timezone.now())


@shared_task(name="planning.heartbeat")
def heartbeat(**_later: Any) -> None:
    pulses.beat(pulses.WORKER)


@before_task_publish.connect(sender="planning.tick", dispatch_uid="prm.outbox.scheduler")
def _scheduler_beats(**_signal: Any) -> None:
    """Runs in the scheduler's own process, so that its silence and the workers' can be told apart."""
    if not connection.in_atomic_block:
        close_old_connections()
    pulses.beat(pulses.SCHEDULER)


def _active(organization_id: int) -> Organization | None:
    organization = Organization.objects.filter(pk=organization_id, state=Organization.State.ACTIVE).first()
    if organization is None:
        logger.info("organization %s is gone or suspended: nothing is planned or sent", organization_id)
    return organization
