"""What somebody wrote in a reply, without the mail that they answer. Pure, line by line, in time linear in the text.

The libraries for this (mail-parser-reply and its kin) search with expressions that take quadratic time over one long
line, which anybody can send, and lose answers written between the quoted lines. So this cuts only what is certain to
be the former mail, at the end, and otherwise keeps every word.
"""

import re

_MOST_WRAPPED = 3
_LONGEST_HEAD = 400
_SIGNATURE = re.compile(r"--\s?")
_FROM = re.compile(
    r"[*\s]*(?:From|Von|De|Da|Van|Från|Fra|Od|Lähettäjä|发件人|寄件者|差出人)[*]?\s?[:：]", re.IGNORECASE
)
_FURTHER = re.compile(
    r"[*\s]*(?:Sent|Date|To|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado|Para|Asunto|Assunto|Inviato|A|"
    r"Oggetto|Verzonden|Aan|Onderwerp|Skickat|Till|Ämne|Sendt|Til|Emne|发送时间|日期|收件人|主题|送信日時|宛先|件名)"
    r"[*]?\s?[:：]",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"(?:On|Am|Le|El|Il|Op|Em|Den|Dnia|W dniu|在).{5,}"
    r"(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|napisał|写道).{0,120}[:：]",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*[_-]{5,}[^_-]{0,60}[_-]{0,60}\s*")


def new_words(text: str) -> str:
    """The text without the mail it answers and without its signature; all of it where nothing else would be left."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = lines[: _former_mail(lines)]
    for place, line in enumerate(kept):
        if _SIGNATURE.fullmatch(line) and any(before.strip() for before in kept[:place]):
            kept = kept[:place]
            break
    return "\n".join(kept).strip() or text.strip()


def _former_mail(lines: list[str]) -> int:
    """The line at which the former mail begins; their number where there is none."""
    for place, line in enumerate(lines):
        if len(line) > _LONGEST_HEAD:
            continue
        if _is_head_block(lines, place):
            return _before_rule(lines, place)
        if line.startswith(">") or _announces(lines, place):
            # Answers between quoted lines are words too: then nothing is cut.
            return len(lines) if _has_answers_between(lines, place) else _before_announcement(lines, place)
    return len(lines)


def _is_head_block(lines: list[str], place: int) -> bool:
    """`From:` with another of its kind within the next lines, as Outlook sets them over the former mail."""
    if not _FROM.match(lines[place]):
        return False
    return any(_FURTHER.match(line) for line in lines[place + 1 : place + 5] if len(line) <= _LONGEST_HEAD)


def _before_rule(lines: list[str], place: int) -> int:
    while place and (not lines[place - 1].strip() or _RULE.fullmatch(lines[place - 1][:_LONGEST_HEAD])):
        place -= 1
    return place


def _announces(lines: list[str], place: int) -> bool:
    """ "On Monday … wrote:", perhaps on several lines, and after it nothing but the end or the quoted mail."""
    for wrapped in range(1, _MOST_WRAPPED + 1):
        joined = " ".join(line.strip() for line in lines[place : place + wrapped])
        if len(joined) <= _LONGEST_HEAD and _WROTE.fullmatch(joined):
            return True
    return False


def _before_announcement(lines: list[str], place: int) -> int:
    """Where quoted lines begin, in whatever language: the sentence with a colon right above belongs to them."""
    if not lines[place].startswith(">"):
        return place
    above = place - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    if (
        above < 0
        or not lines[above].rstrip().endswith((":", "："))
        or not re.search(r"[\d@]", lines[above][:_LONGEST_HEAD])
    ):
        return place
    return above


def _has_answers_between(lines: list[str], place: int) -> bool:
    """Whether something that is not quoted follows after quoted lines."""
    is_quoted_before = False
    for line in lines[place:]:
        if _SIGNATURE.fullmatch(line):
            return False
        if line.startswith(">"):
            is_quoted_before = True
        elif line.strip() and is_quoted_before:
            return True
    return False
