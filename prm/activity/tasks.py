from typing import Any

from celery import shared_task


@shared_task(name="activity.follow")
def follow(organization_id: int, **_later: Any) -> None:
    """Tell what follows the organization's facts what happened. May run late and twice."""
    from django.utils import timezone

    from prm.activity.following import follow_stream
    from prm.tenancy.models import Organization
    from prm.tenancy.wakeups import settle, take

    organization = Organization.objects.get(pk=organization_id)
    now = timezone.now()
    if take("follow", organization, now):
        settle("follow", organization, follow_stream(organization, now))
