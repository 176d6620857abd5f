"""What the texts of a spreadsheet's column look like."""

from collections import Counter
from collections.abc import Sequence

from partners.models import Attribute
from partners.rules.attributes import MOST_CHOICES, clean_text

_Kind = Attribute.Kind
_MOST_PROPOSED = 30


def parts_of(text: str) -> list[str]:
    """The parts of a list in one cell, apart by semicolons, bars, line breaks or commas."""
    sign = next((sign for sign in (";", "|", "\n") if sign in text), ",")
    return list(dict.fromkeys(part for part in (" ".join(part.split()) for part in text.split(sign)) if part))


def proposed_kind(texts: Sequence[str]) -> str:
    """Which kind of attribute a column's texts look like; text where nothing speaks for another one."""
    said = [text for text in texts if text]
    if not said:
        return _Kind.TEXT.value
    for kind in (_Kind.YES_NO, _Kind.NUMBER, _Kind.DATE):
        if all(_is_read(Attribute(kind=kind), text) for text in said):
            return kind.value
    if _repeats(said):
        return _Kind.CHOICE.value
    parts = [part for text in said for part in parts_of(text)]
    is_list = len(parts) > len(said) * 1.3 and _repeats(parts)
    return _Kind.CHOICES.value if is_list else _Kind.TEXT.value


def _is_read(attribute: Attribute, text: str) -> bool:
    try:
        clean_text(attribute, text)
    except ValueError:
        return False
    return True


def _repeats(said: Sequence[str]) -> bool:
    """Whether there are few different texts, each short, and most of them more than once."""
    different = Counter(said)
    is_short = max(map(len, different)) <= 40
    few = min(_MOST_PROPOSED, MOST_CHOICES, max(2, int(len(said) * 0.6)))
    return is_short and len(said) > 2 and len(different) <= few
