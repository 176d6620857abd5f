"""What a view finds on its request."""

from datetime import datetime

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from prm.accounts.actors import Actor
from prm.accounts.models import Membership, Person
from prm.tenancy.models import Organization


def visitor(request: HttpRequest) -> Person | None:
    """Who is signed in; None for an anonymous visitor, whom only pages declared `@public` see."""
    return request.user if isinstance(request.user, Person) else None


class Request(HttpRequest):
    """The type of every request inside an organization, as `OrganizationScope` and the access declarations leave it.

    `now` is the only clock that a view uses. `membership` and `actor` are None for an anonymous visitor, whom only
    views declared `@public` see. With `see_as` the membership is the one that is looked at and the actor the one
    who looks.
    """

    organization: Organization
    membership: Membership
    actor: Actor
    now: datetime
    see_as: bool
    htmx: HtmxDetails
    user: Person
