"""The one place where links are made.

Inside an organization every page lives below `/o/<slug>/`. `address("partner_detail", public_id)` reverses a name once,
keeps the pattern, and fills it in, so that a list of a hundred links costs next to nothing.
"""

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings
from django.urls import get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from prm.tenancy.scope import current_organization

if TYPE_CHECKING:
    from prm.tenancy.models import Organization

_MARK = "zzzz"


@cache
def _pattern(name: str, arguments: int) -> list[str]:
    """The address of `name` cut at its arguments: the first is the organization's slug."""
    marks = [f"{_MARK}{number}" for number in range(arguments + 1)]
    path = reverse(name, args=marks)
    parts = []
    for mark in marks:
        before, found, path = path.partition(mark)
        if not found:
            raise NoReverseMatch(f"the arguments of {name!r} do not appear in order")
        parts.append(before)
    return [*parts, path]


def address(name: str, *args: object, absolute: bool = False, organization: "Organization | None" = None) -> str:
    """The path (or with `absolute` the whole address, from PUBLIC_BASE_URL) of a page of the current organization.

    Raises `NoReverseMatch` for an unknown name and `ScopeRequired` where no organization is given or open.
    """
    slug = (organization or current_organization()).slug
    parts = _pattern(name, len(args))
    path = parts[0]
    for value, part in zip((slug, *args), parts[1:], strict=True):
        path += quote(str(value), safe="") + part
    return f"{settings.PUBLIC_BASE_URL}{path}" if absolute else path


def site_address(name: str, *args: object) -> str:
    """The whole address of a page outside organizations."""
    return f"{settings.PUBLIC_BASE_URL}{reverse(name, args=args)}"


def is_known(name: str) -> bool:
    return name in get_resolver().reverse_dict
