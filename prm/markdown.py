"""Markdown as people write it, HTML as browsers may get it."""

from functools import cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

_TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "code",
        "del",
        "dd",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "section",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_ATTRIBUTES = {
    "a": {"href", "title", "id", "class"},
    "img": {"src", "alt", "title"},
    "li": {"id", "class"},
    "ol": {"start", "class"},
    "ul": {"class"},
    "input": {"type", "checked", "disabled", "class"},
    "label": {"class"},
    "code": {"class"},
    "section": {"class"},
    "sup": {"class"},
    "hr": {"class"},
    "th": {"align"},
    "td": {"align"},
}
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("gfm-like", {"html": False, "linkify": True, "typographer": False})
    return parser.use(footnote_plugin).use(tasklists_plugin, label=True)


def clean_html(html: str) -> SafeString:
    """The harmless part of `html`: no scripts, styles, frames or forms; links open safely."""
    cleaned = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(cleaned)


def render_markdown(text: str) -> SafeString:
    """HTML for Markdown that a person wrote; raw HTML in it is shown as text. Long ones are costly: keep the result."""
    return clean_html(_parser().render(text)) if text else SafeString("")
