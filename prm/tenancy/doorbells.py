"""The doorbell: tells Celery that a queue of an organization has work. It may be lost; wakeups are not."""

import logging

from celery import current_app

logger = logging.getLogger(__name__)

TASKS = {"plan": "planning.plan", "outbox": "outbox.deliver", "jobs": "jobs.run", "follow": "activity.follow"}


def ring(queue: str, organization_id: int) -> None:
    """Send the queue's task. With the broker down this is logged and forgotten: the next tick finds the wakeup."""
    try:
        current_app.send_task(TASKS[queue], args=[organization_id], retry=False)
    except Exception as error:
        logger.warning("doorbell %s for organization %s not heard: %s", queue, organization_id, type(error).__name__)
