"""Who must not meet: the words in which it is refused wherever partners are brought together."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from prm.problems import Problem


def meeting_problems(
    names: Mapping[int, str], newcomers: Collection[int], never: Mapping[tuple[int, int], str]
) -> list[Problem]:
    """Why these newcomers cannot come into one room with the others of `names` and with each other.

    `never` gives the reason for each pair that must not meet. For colleagues: partners never read it.
    """
    words = _("%(first)s and %(second)s are never brought together: %(why)s.")
    return [
        Problem("rivals", words % {"first": names[first], "second": names[second], "why": why.rstrip(".")})
        for (first, second), why in never.items()
        if first in names and second in names and (first in newcomers or second in newcomers)
    ]
