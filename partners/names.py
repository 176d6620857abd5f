"""How names, domains and countries are compared: pure text, no database."""

import re
from urllib.parse import urlsplit

from prm.words import LEGAL_FORMS, fold

__all__ = [
    "LEGAL_FORMS",
    "company_domain",
    "comparable",
    "fold",
    "is_free_mail",
    "normalize_domain",
    "normalize_name",
]

# Mailboxes at these say nothing about whose company one is.
_FREE_MAIL = """
    aol.com gmail.com gmx.at gmx.ch gmx.de gmx.net googlemail.com hotmail.com icloud.com live.com mail.com mail.ru
    me.com msn.com orange.fr outlook.com proton.me protonmail.com qq.com t-online.de wanadoo.fr web.de yahoo.com
    yahoo.de yandex.ru 163.com
"""
FREE_MAIL = frozenset(_FREE_MAIL.split())
# Nor do pages at these.
_SHARED_HOSTS = """
    blogspot.com facebook.com github.io google.com instagram.com jimdosite.com linkedin.com myshopify.com tiktok.com
    twitter.com wixsite.com wordpress.com x.com xing.com youtube.com
"""
SHARED_HOSTS = frozenset(_SHARED_HOSTS.split())
# What most domains are: it needs no further look.
_BARE = re.compile(r"^(?!www\.)(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$")
_HOST = re.compile(r"^(?=.{1,253}$)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]$", re.UNICODE)


def comparable(name: str) -> str:
    """A name folded, so that two of them can be compared; one of nothing but signs keeps them."""
    return fold(name) or name.strip().casefold()


def normalize_name(name: str) -> str:
    """What two names of the same company have in common: comparable, without legal forms at the end."""
    return without_legal_form(comparable(name))


def without_legal_form(folded: str) -> str:
    """A comparable name without the words at its end that say how a company is organized."""
    words = folded.split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def is_free_mail(text: str) -> bool:
    """Whether this is a mail address whose domain names no company."""
    name, at, domain = text.strip().lower().rpartition("@")
    return bool(name and at) and domain in FREE_MAIL


def normalize_domain(text: str) -> str:
    """The bare domain of a domain, web address or mail address: "https://www.Nordwind.example/x" → "nordwind.example".

    Empty for what is none, and for an address at one of the free mail services.
    """
    trimmed = text.strip().lower()
    if _BARE.match(trimmed):
        return trimmed
    if is_free_mail(trimmed):
        return ""
    if "@" in trimmed and "/" not in trimmed:
        trimmed = trimmed.rpartition("@")[2]
    try:
        host = urlsplit(trimmed if "//" in trimmed else f"//{trimmed}").hostname or ""
    except ValueError:
        return ""
    host = host.rstrip(".").removeprefix("www.")
    return host if _HOST.match(host) else ""


def company_domain(domain: str, website: str) -> str:
    """The bare domain by which a company is told apart: its own, else its website's.

    Empty where there is neither, and for a page at a host that many companies have theirs at.
    """
    own = normalize_domain(domain)
    if own or not website.strip():
        return own
    host = normalize_domain(website)
    ends = host.split(".")
    return "" if any(".".join(ends[start:]) in SHARED_HOSTS for start in range(len(ends))) else host
