"""How a subject of each kind can be asked about: the operators, what value each takes, and its words."""

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

Takes = Literal["keys", "text", "number", "date", "days", "nothing"]


@dataclass(frozen=True, slots=True)
class Operator:
    """`label` is what a menu says, `words` the sentence with %(subject)s and %(value)s. `opposite` holds exactly where
    this one does not.
    """

    name: str
    label: Any
    takes: Takes
    words: Any
    is_negative: bool = False


_KNOWN = Operator("known", _("is known"), "nothing", _("%(subject)s is known"))
_UNKNOWN = Operator("unknown", _("is not known"), "nothing", _("%(subject)s is not known"), is_negative=True)

OPERATORS: dict[str, tuple[Operator, ...]] = {
    "choice": (
        Operator("one_of", _("is one of"), "keys", _("%(subject)s is %(value)s")),
        Operator("not_one_of", _("is not one of"), "keys", _("%(subject)s is not %(value)s"), is_negative=True),
        _KNOWN,
        _UNKNOWN,
    ),
    "choices": (
        Operator("any_of", _("has any of"), "keys", _("%(subject)s has %(value)s")),
        Operator("all_of", _("has all of"), "keys", _("%(subject)s has all of: %(value)s")),
        Operator("none_of", _("has none of"), "keys", _("%(subject)s does not have %(value)s"), is_negative=True),
        _KNOWN,
        _UNKNOWN,
    ),
    "text": (
        Operator("is", _("is"), "text", _("%(subject)s is “%(value)s”")),
        Operator("contains", _("contains"), "text", _("%(subject)s contains “%(value)s”")),
        _KNOWN,
        _UNKNOWN,
    ),
    "number": (
        Operator("at_least", _("is at least"), "number", _("%(subject)s is at least %(value)s")),
        Operator("at_most", _("is at most"), "number", _("%(subject)s is at most %(value)s")),
        Operator("is", _("is exactly"), "number", _("%(subject)s is %(value)s")),
        _KNOWN,
        _UNKNOWN,
    ),
    "date": (
        Operator("on_or_after", _("is on or after"), "date", _("%(subject)s is on %(value)s or later")),
        Operator("on_or_before", _("is on or before"), "date", _("%(subject)s is on %(value)s or earlier")),
        Operator("in_last", _("is within the last … days"), "days", _("%(subject)s is within the last %(value)s days")),
        Operator("longer_ago", _("is more than … days ago"), "days", _("%(subject)s is more than %(value)s days ago")),
        Operator("in_next", _("is within the next … days"), "days", _("%(subject)s is within the next %(value)s days")),
        _KNOWN,
        _UNKNOWN,
    ),
    "yes_no": (
        Operator("yes", _("is yes"), "nothing", _("%(subject)s: yes")),
        Operator("no", _("is no"), "nothing", _("%(subject)s: no")),
        _KNOWN,
        _UNKNOWN,
    ),
    "group": (
        Operator("in_any", _("is any of"), "keys", _("is in the group %(value)s")),
        Operator("in_none", _("is none of"), "keys", _("is not in the group %(value)s"), is_negative=True),
    ),
    "tier": (
        Operator("one_of", _("is one of"), "keys", _("%(subject)s is %(value)s")),
        Operator("not_one_of", _("is not one of"), "keys", _("%(subject)s is not %(value)s"), is_negative=True),
        Operator("known", _("is any"), "nothing", _("has a tier in %(subject)s")),
        Operator("unknown", _("is none"), "nothing", _("has no tier in %(subject)s"), is_negative=True),
    ),
    "product": (
        Operator("any_of", _("any of"), "keys", _("%(subject)s %(value)s")),
        Operator("all_of", _("all of"), "keys", _("%(subject)s all of: %(value)s")),
        Operator("none_of", _("none of"), "keys", _("not: %(subject)s %(value)s"), is_negative=True),
    ),
    "measure": (
        Operator("at_least", _("at least"), "number", _("%(subject)s: at least %(value)s")),
        Operator("at_most", _("at most"), "number", _("%(subject)s: at most %(value)s")),
    ),
}


def operators_of(kind: str) -> tuple[Operator, ...]:
    return OPERATORS[kind]


def operator_of(kind: str, name: str) -> Operator | None:
    return next((operator for operator in OPERATORS.get(kind, ()) if operator.name == name), None)
