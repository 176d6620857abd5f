"""Rate limits, counted in Valkey by network address or account.

JOIN_BY_ADDRESS = Limit("join", 30, per=60)

@public
@limited
def invitation_join(request, token):
    JOIN_BY_ADDRESS.take(network_address(request))
"""

import logging
import time
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from prm.accounts.access import Page
from prm.web.views.errors import too_many_requests

logger = logging.getLogger(__name__)
_WHEN_DOWN = 30


class TooManyRequests(Exception):
    """`retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"again in {retry_after} s")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Limit:
    """`amount` uses within `per` seconds for each key. With the counters out of reach it refuses, unless `opens`."""

    name: str
    amount: int
    per: int
    opens: bool = False

    def take(self, key: object) -> None:
        """Count one use; raises `TooManyRequests` when there are none left."""
        now = time.time()
        window = int(now // self.per)
        hashed = salted_hmac("canopy.limit", f"{self.name}:{key}", algorithm="sha256").hexdigest()[:32]
        counter = f"limit:{self.name}:{hashed}:{window}"
        try:
            cache.add(counter, 0, timeout=self.per + 5)
            used = cache.incr(counter)
        except Exception as error:
            logger.warning("limit %s could not be counted: %s", self.name, type(error).__name__)
            if self.opens:
                return
            raise TooManyRequests(_WHEN_DOWN) from error
        if used > self.amount:
            raise TooManyRequests(max(1, int((window + 1) * self.per - now) + 1))


def network_address(request: HttpRequest) -> str:
    """Where the request comes from, through as many proxies as the installation trusts."""
    return str(get_adapter(request).get_client_ip(request))


def limited[**P](view: Page[P]) -> Page[P]:
    """Answer 429 with Retry-After where the view (or what it calls) takes more than a limit gives."""

    def counted(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except TooManyRequests as refusal:
            response = too_many_requests(request)
            response["Retry-After"] = str(refusal.retry_after)
            return response

    update_wrapper(counted, view)
    return counted
