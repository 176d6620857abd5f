"""What a program rests on, and why somebody does not have it yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from cohorts.models import Prerequisite
from prm.problems import Problem


@dataclass(frozen=True)
class Standing:
    """What a person's company is and has. `ranks` gives for each ladder the rank of its tier."""

    groups: frozenset[int] = frozenset()
    ranks: dict[int, int] = field(default_factory=dict)
    certificates: frozenset[int] = frozenset()
    products: frozenset[int] = frozenset()


def prerequisite_problems(prerequisites: Sequence[Prerequisite], standing: Standing) -> list[Problem]:
    """Why somebody with this standing does not fulfil them, a reason for each kind. Of one kind any one is enough.

    Reasons are warnings: the page tells them, staff decide. `prerequisites` come with what they name.
    """
    problems = []
    for kind in Prerequisite.KINDS:
        asked = [row for row in prerequisites if row.kind == kind]
        if asked and not any(_has(row, standing) for row in asked):
            words = _words()[kind] % {"names": _joined([_name(row) for row in asked])}
            problems.append(Problem(f"needs_{kind}", words, level="warning"))
    return problems


def prerequisite_words(prerequisites: Sequence[Prerequisite]) -> list[str]:
    """What is needed, one sentence for each kind, for whoever reads about the program."""
    found = []
    for kind in Prerequisite.KINDS:
        names = [_name(row) for row in prerequisites if row.kind == kind]
        if names:
            found.append(_asked()[kind] % {"names": _joined(names)})
    return found


def _has(row: Prerequisite, standing: Standing) -> bool:
    match row.kind:
        case "group":
            return row.group_id in standing.groups
        case "tier":
            return row.tier is not None and standing.ranks.get(row.tier.ladder_id, 0) >= row.tier.rank
        case "certificate":
            return row.certificate_id in standing.certificates
        case _product:
            return row.product_id in standing.products


def _name(row: Prerequisite) -> str:
    return str(row.group or row.tier or row.certificate or row.product)


def _joined(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s or %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _words() -> dict[str, str]:
    return {
        "group": _("It is made for partners of %(names)s, and your company is not among them."),
        "tier": _("It is made for partners from %(names)s on, and your company is not there yet."),
        "certificate": _("It builds on the certificate of %(names)s, which you do not have yet."),
        "product": _("It is about %(names)s, to which your company has no right yet."),
    }


def _asked() -> dict[str, str]:
    return {
        "group": _("Partners of %(names)s"),
        "tier": _("Partners from %(names)s on"),
        "certificate": _("People with the certificate of %(names)s"),
        "product": _("Partners with a right to %(names)s"),
    }
