"""Which mails have words that an organization may change, and what these words come to."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.outbox.kinds import MessageKind, categories, message_kinds
from prm.outbox.models import OwnWording
from prm.outbox.rendering.defaults import Words, default_words, known_names
from prm.outbox.rendering.mustache import Misfit, misfits
from prm.outbox.rendering.previews import LINK, Preview
from prm.outbox.rendering.wording import word
from prm.outbox.variables import sample_of, variable_of
from prm.problems import Problem
from prm.tenancy.scope import current_organization

LONGEST = {"subject": 200, "preheader": 200, "body": 5000}


@dataclass(frozen=True, slots=True)
class Editable:
    """One mail whose words may be changed. `key` names it in addresses; `hint` says when it is the one of its kind that
    is sent.
    """

    key: str
    template: str
    label: str
    hint: str
    category: str


@dataclass(frozen=True, slots=True)
class Place:
    """A value that may be placed: as it is written, what it is, and one as it may look."""

    written: str
    label: str
    sample: str


@dataclass(frozen=True, slots=True)
class Trial:
    """Words with samples in their places. `asks` says where the mail asks for more than one thing."""

    preview: Preview
    misfits: list[tuple[str, Misfit]]
    asks: str


def editables() -> Iterator[Editable]:
    """All of them, in the order of what they are about."""
    kinds: list[MessageKind] = [kind for kind in message_kinds.all() if not kind.is_fixed]
    order = {category.name: place for place, category in enumerate(categories.all())}
    for kind in sorted(kinds, key=lambda kind: (order[kind.category], str(kind.label))):
        for template, hint in kind.templates.items():
            label = categories.get(kind.category).label
            yield Editable(key_of(template), template, str(kind.label), str(hint), str(label))


def key_of(template: str) -> str:
    """What names a mail in addresses: "cohorts.recap"."""
    return template.replace("/emails/", ".")


def editable(key: str) -> Editable | None:
    return next((one for one in editables() if one.key == key), None)


def places_of(template: str) -> list[Place]:
    """The values of this mail, in the order in which the house's words use them."""
    return [Place("{{" + name + "}}", str(variable_of(name).label), sample_of(name)) for name in known_names(template)]


def wording_problems(template: str, words: Words) -> list[Problem]:
    """Why these words cannot be sent as they are, beside the field that each is about."""
    return [Problem("misfit", str(misfit), field=field) for field, misfit in _misfits(template, words)]


def _misfits(template: str, words: Words) -> list[tuple[str, Misfit]]:
    known = known_names(template)
    said = {"subject": words.subject, "preheader": words.preheader, "body": words.body}
    return [(field, misfit) for field, source in said.items() for misfit in misfits(source, known)]


def trial(template: str, words: Words) -> Trial:
    """The mail as it would look, with samples for what differs from one to the next."""
    worded = word(template, samples_of(template), words)
    organization = current_organization()
    preview = Preview(
        sender=organization.sender_label(),
        reply_to=organization.reply_to,
        subject=worded.subject,
        preheader=worded.preheader,
        source=worded.source,
        button="",
    )
    return Trial(preview, _misfits(template, words), _asks(words))


def samples_of(template: str) -> dict[str, str]:
    return {name: sample_of(name) for name in known_names(template)}


def _asks(words: Words) -> str:
    """The mail has its button; links in the text compete with it."""
    links = len(LINK.findall(words.body))
    if not links:
        return ""
    text = ngettext(
        "Beside its button it has %d link: a mail that asks for one thing is followed more often.",
        "Beside its button it has %d links: a mail that asks for one thing is followed more often.",
        links,
    )
    return text % links


def words_of(row: OwnWording) -> Words:
    return Words(row.subject, row.preheader, row.body)


def shown_words(template: str, row: OwnWording | None) -> Words:
    """What is sent at present: the organization's words, else the house's."""
    return words_of(row) if row is not None and row.put_back_at is None else default_words(template)


def changes_between(before: Words, after: Words) -> dict[str, list[str]]:
    return {
        name: [getattr(before, name), getattr(after, name)]
        for name in LONGEST
        if getattr(before, name) != getattr(after, name)
    }


def missing_problem() -> Problem:
    return Problem("required", _("A mail needs a subject and a text."), field="subject")
