"""The one layout around every mail: compiled from MJML once for each look of an organization, then only filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import escape
from mjml import mjml2html

from prm.colors import brand

TEMPLATE = "outbox/emails/layout.mjml"
_SLOT = re.compile(r"@@(\w+)@@")
_BLOCK = re.compile(r"<(p|h1|h2|h3|ul|ol|li|blockquote|a|hr|table|th|td|code)(?=[ >])")
_PROSE = {
    "p": "margin:0 0 16px",
    "h1": "margin:0 0 12px;font-size:22px;line-height:30px",
    "h2": "margin:24px 0 8px;font-size:18px;line-height:26px",
    "h3": "margin:20px 0 8px;font-size:16px;line-height:24px",
    "ul": "margin:0 0 16px;padding-left:22px",
    "ol": "margin:0 0 16px;padding-left:22px",
    "li": "margin:0 0 6px",
    "blockquote": "margin:0 0 16px;padding:4px 0 4px 16px;border-left:3px solid #d4d7e0",
    "hr": "margin:24px 0;border:0;border-top:1px solid #e3e5ec",
    "table": "margin:0 0 16px;border-collapse:collapse",
    "th": "padding:6px 16px 6px 0;text-align:left;border-bottom:1px solid #d4d7e0",
    "td": "padding:6px 16px 6px 0;text-align:left;border-bottom:1px solid #eceef3",
    "code": "font-family:Consolas,Menlo,monospace;font-size:15px",
}


@dataclass(frozen=True)
class Look:
    """What a mail of an organization (or of the installation itself) looks like; the key of the compiled layout."""

    label: str
    color: str
    logo_url: str = ""
    language: str = "en"


def dress(look: Look, *, subject: str, preheader: str, html: str, button: tuple[str, str] | None, footer: str) -> str:
    """The whole HTML of a mail. `html` and `footer` are harmless HTML, everything else is text."""
    palette = brand(look.color).light
    values = {
        "subject": escape(subject),
        "preheader": escape(preheader),
        "body": _BLOCK.sub(lambda tag: f'<{tag[1]} style="{_style(tag[1], palette.text)}"', html),
        "footer": footer.replace("<a ", '<a style="color:#5b6172" '),
        "button_label": escape(button[0]) if button else "",
        "button_url": escape(button[1]) if button else "",
    }
    return _fill(_compiled(look, with_button=button is not None), values)


def _style(tag: str, link_color: str) -> str:
    return f"color:{link_color}" if tag == "a" else _PROSE[tag]


@lru_cache(maxsize=256)
def _compiled(look: Look, *, with_button: bool) -> tuple[str, ...]:
    """The layout cut at its slots: text, name, text, name, … text."""
    palette = brand(look.color).light
    source = render_to_string(TEMPLATE, {"look": look, "palette": palette, "with_button": with_button})
    return tuple(_SLOT.split(mjml2html(source, disable_comments=True, fonts={})))


def _fill(parts: tuple[str, ...], values: Mapping[str, str]) -> str:
    return "".join(values[part] if number % 2 else part for number, part in enumerate(parts))
