"""What is expected, written once for a program and told again in the words of each moment."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import ExpectationsVersion, Program


class Moment(StrEnum):
    """When expectations are told. Each tells what matters then, and no more."""

    APPLYING = "applying"
    ACCEPTED = "accepted"
    ORIENTATION = "orientation"
    REMINDER = "reminder"
    FIRST_MINUTE = "first_minute"
    RECAP = "recap"
    GRADUATED = "graduated"


@dataclass(frozen=True, slots=True)
class Told:
    """A heading, and what is said under it: (label, words). Nothing where the program says nothing about it."""

    heading: str
    lines: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.lines)

    @property
    def markdown(self) -> str:
        """The lines for a mail, each in one paragraph of a list."""
        return "\n".join(f"- **{label}:** {' '.join(words.split())}" for label, words in self.lines)


def expectations_at(program: Program | ExpectationsVersion, moment: Moment) -> Told:
    """What this program expects and gives, in the words of this moment."""
    heading, lines = _WORDS[moment](program)
    return Told(heading, tuple((label, words) for label, words in lines if words.strip()))


def changed_expectations(
    before: Program | ExpectationsVersion, after: Program | ExpectationsVersion
) -> list[tuple[str, str, str]]:
    """(what, before, after) of each expectation that is not the same in both."""
    labels = _labels()
    found = ((name, getattr(before, name), getattr(after, name)) for name in ExpectationsVersion.FIELDS)
    return [(labels[name], _shown(name, was), _shown(name, now)) for name, was, now in found if was != now]


type _Lines = tuple[str, list[tuple[str, str]]]


def _applying(said: Program | ExpectationsVersion) -> _Lines:
    return _("What you say yes to"), [
        (_("Each week"), _minutes(said)),
        (_("What you bring"), said.expectations),
        (_("What you get"), said.gains),
        (_("How we treat what is said"), said.treatment),
        (_("If you miss a session"), said.misses),
    ]


def _accepted(said: Program | ExpectationsVersion) -> _Lines:
    return _("What you promise to the others"), [
        (_("Each week"), _minutes(said)),
        (_("You bring"), said.expectations),
        (_("If you cannot come"), said.misses),
    ]


def _orientation(said: Program | ExpectationsVersion) -> _Lines:
    return _("What we agreed on"), [
        (_("Each week"), _minutes(said)),
        (_("You bring"), said.expectations),
        (_("You get"), said.gains),
        (_("What is said"), said.treatment),
        (_("If you cannot come"), said.misses),
    ]


def _reminder(said: Program | ExpectationsVersion) -> _Lines:
    return _("Before we meet"), [(_("You bring"), said.expectations), (_("If you cannot come"), said.misses)]


def _first_minute(said: Program | ExpectationsVersion) -> _Lines:
    return _("How we talk here"), [(_("What is said"), said.treatment), (_("You bring"), said.expectations)]


def _recap(said: Program | ExpectationsVersion) -> _Lines:
    return _("Until next time"), [(_("Each week"), _minutes(said)), (_("You bring"), said.expectations)]


def _graduated(said: Program | ExpectationsVersion) -> _Lines:
    return _("What stays true"), [(_("What was said"), said.treatment), (_("What is yours to keep"), said.gains)]


_WORDS = {
    Moment.APPLYING: _applying,
    Moment.ACCEPTED: _accepted,
    Moment.ORIENTATION: _orientation,
    Moment.REMINDER: _reminder,
    Moment.FIRST_MINUTE: _first_minute,
    Moment.RECAP: _recap,
    Moment.GRADUATED: _graduated,
}


def _labels() -> dict[str, str]:
    return {
        "weekly_minutes": _("Each week"),
        "expectations": _("What you bring"),
        "gains": _("What you get"),
        "treatment": _("How we treat what is said"),
        "misses": _("If you miss a session"),
    }


def _shown(name: str, value: object) -> str:
    if name == "weekly_minutes":
        return _about(int(str(value)))
    return str(value)


def _minutes(said: Program | ExpectationsVersion) -> str:
    return _about(said.weekly_minutes)


def _about(minutes: int) -> str:
    return ngettext("about %d minute", "about %d minutes", minutes) % minutes
