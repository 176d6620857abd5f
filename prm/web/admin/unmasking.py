"""Reading what people wrote: for half an hour, with a reason, recorded."""

from datetime import datetime, timedelta

from django.http import HttpRequest

from prm.tenancy.scope import current_organization_id

SESSION_KEY = "unmasked"
LASTS = timedelta(minutes=30)


def _place() -> str:
    """Each organization is unmasked for itself; "0" stands for what is global."""
    return str(current_organization_id() or 0)


def unmask(request: HttpRequest, now: datetime) -> None:
    until = {**request.session.get(SESSION_KEY, {}), _place(): (now + LASTS).timestamp()}
    request.session[SESSION_KEY] = until


def mask(request: HttpRequest) -> None:
    request.session[SESSION_KEY] = {
        place: until for place, until in request.session.get(SESSION_KEY, {}).items() if place != _place()
    }


def is_unmasked(request: HttpRequest) -> bool:
    now: datetime = request.now  # type: ignore[attr-defined]
    return float(request.session.get(SESSION_KEY, {}).get(_place(), 0)) > now.timestamp()
