"""Comparing names, domains and countries."""

import pytest

from partners.countries import COUNTRIES, country_choices, country_code, country_name
from partners.names import company_domain, comparable, fold, normalize_domain, normalize_name


@pytest.mark.parametrize(
    ("name", "normalized"),
    [
        ("Nordwind GmbH", "nordwind"),
        ("NORDWIND G.m.b.H.", "nordwind"),
        ("Nordwind GmbH & Co. KG", "nordwind"),
        ("Škoda-Nord A.G.", "skoda nord"),
        ("Ægir Data ApS", "aegir data"),
        ("S.p.A. Cloud S.p.A.", "spa cloud"),
        ("  Nord   wind ", "nord wind"),
        ("Limited", "limited"),
        ("日本電気株式会社", "日本電気株式会社"),
        ("!!!", "!!!"),
        ("\0Nordwind\0", "nordwind"),
    ],
)
def test_names_of_one_company_are_equal(name: str, normalized: str) -> None:
    assert normalize_name(name) == normalized


def test_legal_forms_count_in_names_of_groups() -> None:
    assert comparable("Italian S.p.A.") == "italian spa"
    assert fold("!!!") == ""


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("nordwind.example", "nordwind.example"),
        ("https://www.Nordwind.example/about?x=1", "nordwind.example"),
        ("Lena@Nordwind.example", "nordwind.example"),
        ("nordwind.example.", "nordwind.example"),
        ("münchen.example", "münchen.example"),
        ("user:secret@host.example:80/x", "host.example"),
        ("", ""),
        ("localhost", ""),
        ("nord wind.example", ""),
        ("http://[broken", ""),
        ("192.168.1.1", ""),
        ("a" * 300 + ".example", ""),
    ],
)
def test_domains_in_any_dress(written: str, domain: str) -> None:
    assert normalize_domain(written) == domain


@pytest.mark.parametrize(
    ("domain", "website", "told"),
    [
        ("nordwind.example", "https://other.example", "nordwind.example"),
        ("", "https://www.nordwind.example/about", "nordwind.example"),
        ("", "nordwind.example", "nordwind.example"),
        ("ada@gmail.com", "https://orbit.example", "orbit.example"),
        ("", "https://www.linkedin.com/company/nordwind", ""),
        ("", "https://nordwind.wordpress.com", ""),
        ("", "https://notlinkedin.com", "notlinkedin.com"),
        ("", " ", ""),
        ("", "", ""),
    ],
)
def test_a_company_is_told_by_its_domain_or_its_website(domain: str, website: str, told: str) -> None:
    assert company_domain(domain, website) == told


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Germany", "DE"),
        ("germany ", "DE"),
        ("DE", "DE"),
        ("de", "DE"),
        ("Deutschland", "DE"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        ("UK", "GB"),
        ("Turkey", "TR"),
        ("Cote d'Ivoire", "CI"),
        ("Atlantis", ""),
        ("", ""),
    ],
)
def test_countries_as_people_write_them(written: str, code: str) -> None:
    assert country_code(written) == code


def test_countries_are_offered_by_name_after_nothing() -> None:
    choices = country_choices()
    assert choices[0] == ("", "–")
    assert len(choices) == len(COUNTRIES) + 1 == 250
    assert [name for _code, name in choices[1:4]] == ["Afghanistan", "Åland Islands", "Albania"]
    assert country_name("DE") == "Germany"
    assert country_name("") == ""
    assert country_name("ZZ") == "ZZ"
