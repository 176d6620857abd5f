"""The words of a mail that came as HTML alone. Pure."""

import re
from html.parser import HTMLParser

_BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "ul", "ol", "hr"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "wbr", "area", "base", "source", "embed"})
# How mail programs mark the mail that is answered.
_FORMER = re.compile(r"\b(?:gmail_quote|yahoo_quoted|moz-cite-prefix|protonmail_quote|tutanota_quote)\b")
_FORMER_TO_THE_END = frozenset({"divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container"})
_DEEPEST = 200


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden: list[str] = []
        self._is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").lower() for name, value in attrs}
        if given.get("id", "") in _FORMER_TO_THE_END:
            self._is_over = True
        if tag in _VOID:
            self._break(tag)
            return
        is_former = _FORMER.search(given.get("class", "")) or (tag == "blockquote" and given.get("type") == "cite")
        if self._hidden or tag in _UNSEEN or is_former:
            if len(self._hidden) < _DEEPEST:
                self._hidden.append(tag)
            return
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden and not self._is_over:
            self.pieces.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def _break(self, tag: str) -> None:
        if tag in _BREAKS and not self._hidden and not self._is_over:
            self.pieces.append("\n")


def words_of(html: str) -> str:
    """The text as somebody reads it, without what is marked as the mail that is answered."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [line.strip(" \xa0") for line in "".join(reader.pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
