"""What a file is called, whatever it was called on the device it came from."""

import re
import unicodedata

LONGEST = 150
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


def normalized(name: str) -> str:
    """A harmless file name: no folders, no control or direction characters, not hidden, not too long, never empty."""
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    text = re.split(r"[/\\]", text)[-1]
    text = "".join(mark for mark in text if unicodedata.category(mark)[0] != "C")
    text = re.sub(r'[<>:"|?*]', "_", text)
    text = re.sub(r"\s+", " ", text).strip(" .")
    stem, dot, extension = text.rpartition(".")
    if not dot:
        stem, extension = text, ""
    if stem.lower() in _RESERVED or not stem:
        stem = f"file {stem}".strip()
    extension = extension[:10].strip()
    stem = stem[: LONGEST - len(extension) - 1].rstrip(" .")
    return f"{stem}.{extension.lower()}" if extension else stem
