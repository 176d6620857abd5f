"""Guesses about a new organization, always shown before they count: where it is, when its year begins."""

from zoneinfo import available_timezones

from django.http import HttpRequest

# One zone for each country whose visitors can be told by their browser's language.
_ZONES = {
    "AT": "Europe/Vienna",
    "AU": "Australia/Sydney",
    "BE": "Europe/Brussels",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CH": "Europe/Zurich",
    "CZ": "Europe/Prague",
    "DE": "Europe/Berlin",
    "DK": "Europe/Copenhagen",
    "ES": "Europe/Madrid",
    "FI": "Europe/Helsinki",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "IE": "Europe/Dublin",
    "IN": "Asia/Kolkata",
    "IT": "Europe/Rome",
    "JP": "Asia/Tokyo",
    "MX": "America/Mexico_City",
    "NL": "Europe/Amsterdam",
    "NO": "Europe/Oslo",
    "NZ": "Pacific/Auckland",
    "PL": "Europe/Warsaw",
    "PT": "Europe/Lisbon",
    "SE": "Europe/Stockholm",
    "SG": "Asia/Singapore",
    "US": "America/New_York",
    "ZA": "Africa/Johannesburg",
}
_COUNTRY_OF_LANGUAGE = {"cs": "CZ", "da": "DK", "de": "DE", "es": "ES", "fi": "FI", "fr": "FR", "it": "IT", "ja": "JP"}
_COUNTRY_OF_LANGUAGE |= {"nb": "NO", "nl": "NL", "pl": "PL", "pt": "PT", "sv": "SE"}
# The month in which most companies' year begins, where it is not January.
_YEARS = {"Europe/London": 4, "Asia/Kolkata": 4, "Asia/Calcutta": 4, "Asia/Tokyo": 4, "Asia/Singapore": 4}
_YEARS |= {"Africa/Johannesburg": 3, "Pacific/Auckland": 4}


def zone_names() -> list[str]:
    """Every zone that a person may choose, without the historical aliases at the top level."""
    return ["UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith(_ODD))]


_ODD = ("Etc/", "posix/", "right/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")


def guessed_zone(request: HttpRequest, told: str = "") -> str:
    """The zone that the browser told, else that of the country in its languages, else UTC."""
    if told in available_timezones():
        return told
    for language in request.headers.get("Accept-Language", "").split(","):
        tag = language.partition(";")[0].strip().replace("_", "-")
        country = tag.rpartition("-")[2].upper() if "-" in tag else _COUNTRY_OF_LANGUAGE.get(tag.lower(), "")
        if country in _ZONES:
            return _ZONES[country]
    return "UTC"


def guessed_fiscal_month(zone: str) -> int:
    """The month in which a company there most likely starts its fiscal year."""
    return 7 if zone.startswith("Australia/") else _YEARS.get(zone, 1)
