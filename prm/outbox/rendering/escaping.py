"""Values of people placed into Markdown as text: whatever they hold, no markup comes of it. Pure."""

import re

# A line break inside a value while the template is drawn; the templates' own lines end with a real one.
BREAK = "\ue000"

_UNWANTED = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000]"
)
_LINE_ENDS = re.compile(r"[ \t]*(?:\r\n|[\n\r\u2028\u2029])[ \t]*")
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&:/@=^$])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~\n])")
_LINK = re.compile(r"(?<![!\\])\[((?:\\.|[^\]\\])*)\]\(((?:\\.|[^)\\\s])*)\)")


def clean_text(value: str) -> str:
    """`value` without control characters, direction overrides and lone surrogates; line ends in one form."""
    return _LINE_ENDS.sub("\n", _UNWANTED.sub("", value).replace("\t", " ")).strip()


def clean_markdown(value: str) -> str:
    """The same for Markdown, whose indentation means something."""
    return _UNWANTED.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")


def clean_line(value: str) -> str:
    """The same on one line, for subjects, names and other headers."""
    return " ".join(clean_text(value).split())


def escape_markdown(value: str) -> str:
    """`value` as Markdown that says exactly that. Its line breaks become BREAK."""
    return _MARKUP.sub(r"\\\1", clean_text(value)).replace("\n", BREAK)


def unescape_markdown(source: str) -> str:
    return _ESCAPED.sub(r"\1", source)


def plain_text(source: str) -> str:
    """Markdown as somebody reads it in a mail without markup: links as `label (address)`, nothing escaped."""
    return unescape_markdown(_LINK.sub(_label_and_address, source))


def _label_and_address(link: re.Match[str]) -> str:
    label, target = link.groups()
    return target if label == target else f"{label} ({target})"
