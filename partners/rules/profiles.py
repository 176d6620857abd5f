"""Who reads what people say about themselves, and what they may say."""

from collections.abc import Collection, Mapping
from functools import lru_cache

from django.utils.translation import gettext as _

from partners.models import PersonProfile
from prm.problems import Problem

Reader = PersonProfile.Reader

MOST_LANGUAGES = 4
_EVERYTHING = frozenset(Reader.values)


def levels_read(*, is_self: bool, is_staff: bool, is_partner: bool, is_close: bool, is_here: bool) -> frozenset[str]:
    """The levels that a reader reads of a person: of somebody who has left (`is_here`) nobody reads anything.

    `is_partner` is a partner's person, of whatever company; `is_close` is a colleague or shares a cohort.
    """
    if is_self:
        return _EVERYTHING
    if not is_here:
        return frozenset()
    if is_staff:
        return frozenset({Reader.STAFF, Reader.COHORT, Reader.PARTNERS})
    if is_close:
        return frozenset({Reader.COHORT, Reader.PARTNERS})
    return frozenset({Reader.PARTNERS}) if is_partner else frozenset()


def fields_read(readers: Mapping[str, str] | None, levels: Collection[str]) -> frozenset[str]:
    """The fields of a profile that somebody with these levels reads."""
    return _fields_read(tuple((readers or {}).items()), frozenset(levels))


# A list of people asks for hundreds, and there are few answers.
@lru_cache(maxsize=1024)
def _fields_read(readers: tuple[tuple[str, str], ...], levels: frozenset[str]) -> frozenset[str]:
    chosen = dict(readers)
    return frozenset(field for field in PersonProfile.FIELDS if PersonProfile.who_reads(chosen, field) in levels)


def profile_problems(link: str, languages: Collection[str], known: Collection[str]) -> list[Problem]:
    """What is wrong with what somebody says about themselves; `known` are the languages there are."""
    problems = []
    if link and not link.startswith(("https://", "http://")):
        problems.append(Problem("wrong_link", _("A link begins with https://."), "link"))
    if any(language not in known for language in languages):
        problems.append(Problem("wrong_language", _("There is no such language."), "languages"))
    if len(languages) > MOST_LANGUAGES:
        problems.append(Problem("too_many", _("%d languages are the most.") % MOST_LANGUAGES, "languages"))
    return problems
