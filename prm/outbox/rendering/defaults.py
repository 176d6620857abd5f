"""The house's wordings as staff find them in the editor: the mails' own templates, said in the editor's grammar."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.template import Context
from django.template.base import Node, TextNode, VariableNode
from django.template.defaulttags import IfNode
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.translation import get_language, gettext

from prm.outbox.rendering.mustache import names_in


class NotSayable(Exception):
    """A template says something for which the editor's grammar has no words."""


@dataclass(frozen=True, slots=True)
class Words:
    """A mail's subject, preheader (what inboxes show after it) and body in Markdown, with places for values."""

    subject: str
    preheader: str
    body: str


def default_words(template: str) -> Words:
    """What a mail says where the organization has no words of its own, in the present language."""
    return _words(template, get_language())


@cache
def _words(template: str, language: str | None) -> Words:
    source = _said(get_template(f"{template}.md").template.nodelist)  # type: ignore[attr-defined]
    head, _sep, body = source.lstrip().partition("\n\n")
    subject, _sep, preheader = head.partition("\n")
    return Words(subject.removeprefix("Subject:").strip(), preheader.removeprefix("Preheader:").strip(), body.strip())


def known_names(template: str) -> list[str]:
    """The names of the values that a mail has, in the order in which it says them."""
    words = default_words(template)
    said = f"{words.subject}\n{words.preheader}\n{words.body}"
    return sorted(names_in(said), key=lambda name: said.index(name))


def _said(nodes: Any) -> str:
    return "".join(_one(node) for node in nodes)


def _one(node: Node) -> str:
    match node:
        case TextNode():
            return str(node.s)
        case VariableNode():
            return "{{" + _name(node.filter_expression) + "}}"
        case IfNode():
            return _choice(list(node.conditions_nodelists))
        case TranslateNode():
            return str(node.render(Context()))
        case BlockTranslateNode() if not node.plural:
            text, names = node.render_token_list(node.singular)
            return str(gettext(text)) % {name: "{{" + name + "}}" for name in names}
    raise NotSayable(f"{type(node).__name__} in a mail")


def _choice(branches: list[tuple[Any, Any]]) -> str:
    """One value is there or not. Of several numbers the words for many: staff write one sentence for all."""
    (condition, nodes), rest = branches[0], branches[1:]
    if condition is None:
        return _said(nodes)
    otherwise = _choice(rest) if rest else ""
    if getattr(condition, "id", "") == "==":
        return otherwise
    is_not = getattr(condition, "id", "") == "not"
    asked = condition.first if is_not else condition
    if not hasattr(asked, "value") or getattr(asked, "id", "") in ("and", "or", "in"):
        raise NotSayable("a mail asks for more than whether one value is there")
    name = _name(asked.value)
    there, missing = (otherwise, _said(nodes)) if is_not else (_said(nodes), otherwise)
    return _section("#", name, there) + _section("^", name, missing)


def _section(sign: str, name: str, words: str) -> str:
    return "{{" + sign + name + "}}" + words + "{{/" + name + "}}" if words else ""


def _name(expression: Any) -> str:
    name = str(expression.token)
    if not name.isidentifier():
        raise NotSayable(f"{name} is more than a name")
    return name
