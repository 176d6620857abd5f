"""From one Markdown template to what a mail says: subject, preheader, body."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString

from prm.markdown import render_markdown
from prm.outbox.kinds import Markdown
from prm.outbox.rendering.defaults import Words
from prm.outbox.rendering.escaping import BREAK, clean_markdown, escape_markdown, plain_text
from prm.outbox.rendering.mustache import fill

_SUBJECT, _PREHEADER = "Subject:", "Preheader:"
LONGEST_SUBJECT = 250
# What a section without words leaves behind.
_MANY_LINES = re.compile(r"\n{3,}")


class TemplateWrong(Exception):
    """A mail's template does not begin with its Subject and Preheader lines."""


@dataclass(frozen=True)
class Wording:
    """`source` is the body as Markdown with every value escaped: its text and its HTML are both made of it."""

    subject: str
    preheader: str
    source: str

    @cached_property
    def text(self) -> str:
        return plain_text(self.source)

    @cached_property
    def html(self) -> SafeString:
        return render_markdown(self.source)


def word(template: str, context: Mapping[str, str], own: Words | None = None) -> Wording:
    """Draw templates/<template>.md, or the organization's `own` words in its place, with `context` placed as text
    (`Markdown` as such). Raises `TemplateWrong`.
    """
    values = {name: _placed(value) for name, value in context.items()}
    if own is not None:
        return _own(own, values)
    drawn: str = get_template(f"{template}.md").template.render(Context(values, autoescape=False))  # type: ignore[attr-defined]
    head, _, body = drawn.lstrip().partition("\n\n")
    lines = head.split("\n")
    if len(lines) != 2 or not lines[0].startswith(_SUBJECT) or not lines[1].startswith(_PREHEADER):
        raise TemplateWrong(f"{template}.md must begin with a {_SUBJECT} line, a {_PREHEADER} line and an empty one")
    subject = _line(lines[0].removeprefix(_SUBJECT))[:LONGEST_SUBJECT]
    return Wording(subject, _line(lines[1].removeprefix(_PREHEADER)), body.strip().replace(BREAK, "\\\n"))


def _own(own: Words, values: Mapping[str, str]) -> Wording:
    subject, preheader = (_line(fill(line, values)) for line in (own.subject, own.preheader))
    body = _MANY_LINES.sub("\n\n", fill(own.body, values)).strip()
    return Wording(subject[:LONGEST_SUBJECT], preheader, body.replace(BREAK, "\\\n"))


def _placed(value: str) -> str:
    return clean_markdown(value) if isinstance(value, Markdown) else escape_markdown(str(value))


def _line(source: str) -> str:
    return " ".join(plain_text(source.replace(BREAK, " ")).split())
