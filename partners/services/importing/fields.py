"""What a table of partners may say of each, and how its cells become values."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partners.countries import country_code
from partners.models import Partner
from partners.names import fold, is_free_mail, normalize_domain
from prm.imports.schema import ImportField
from prm.tenancy.public_ids import LENGTH

_is_url = URLValidator(schemes=["http", "https"])


def clean_name(text: str) -> str:
    return " ".join(text.split())


def clean_notes(text: str) -> str:
    """A text of several lines stays one."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def clean_domain(text: str) -> str:
    """A domain out of whatever names one; raises ValueError for what does not. Free mail names no company: ""."""
    domain = normalize_domain(text)
    if not domain and not is_free_mail(text):
        raise ValueError(_("“%s” is not a domain. One looks like nordwind.example.") % text)
    return domain


def clean_country(text: str) -> str:
    code = _country_code(text, get_language())
    if not code:
        raise ValueError(_("“%s” is no country. Use its name or its code, such as DE.") % text)
    return code


@lru_cache(maxsize=2048)
def _country_code(text: str, _language: str | None) -> str:
    return country_code(text)


def clean_key(text: str) -> str:
    """The id that an export gave; raises ValueError for what is none."""
    if len(text) != LENGTH or not text.isalnum():
        raise ValueError(_("“%s” is no Canopy ID. Leave the cell empty for a partner who is new.") % text)
    return text


def clean_website(text: str) -> str:
    url = text if "//" in text else f"https://{text}"
    try:
        _is_url(url)
    except ValidationError:
        raise ValueError(_("“%s” is not a web address.") % text) from None
    return url


def clean_status(text: str) -> str:
    """A status by its word, in English or in the reader's language."""
    wanted = fold(text)
    for status in Partner.Status:
        if wanted in (status.value, fold(str(status.label))):
            return status.value
    words = ", ".join(str(status.label) for status in Partner.Status)
    raise ValueError(_("“%(text)s” is no status. There are: %(words)s.") % {"text": text, "words": words})


def _field(name: str, label: Any, *synonyms: str, clean: Callable[[str], Any] = clean_name, **more: Any) -> ImportField:
    return ImportField(name, label, synonyms=synonyms, clean=clean, **more)


FIELDS = (
    _field("key", gettext_lazy("Canopy ID"), "canopy id", "partner id", clean=clean_key, longest=40),
    _field(
        "name", gettext_lazy("Company"), "name", "company name", "partner", "partner name", "account", "account name",
        "organization", "organisation", "firma", "unternehmen", "société", "empresa",
        is_required=True, longest=120, example="Nordwind GmbH",
    ),
    _field(
        "domain", gettext_lazy("Domain"), "e-mail domain", "email domain", "email", "e-mail", "mail",
        clean=clean_domain, longest=253, example="nordwind.example",
    ),
    _field(
        "website", gettext_lazy("Website"), "web", "url", "homepage", "webseite", "site",
        clean=clean_website, example="https://nordwind.example",
    ),
    _field(
        "country", gettext_lazy("Country"), "country code", "land", "pays", "país", "iso",
        clean=clean_country, example="Germany",
    ),
    _field("region", gettext_lazy("Region"), "area", "territory", "gebiet", "state", longest=80, example="DACH"),
    _field("status", gettext_lazy("Status"), "partner status", "stage", clean=clean_status, example="Active"),
    _field(
        "account_manager", gettext_lazy("Account manager"), "manager", "owner", "account owner", "cam", "pam",
        "partner manager", "betreuer", longest=254,
    ),
    _field("notes", gettext_lazy("Notes"), "note", "comment", "comments", "remarks", "notiz", "notizen",
           clean=clean_notes, longest=4000),
)  # fmt: skip
