from typing import Any

import pytest
from django.urls import NoReverseMatch, reverse

from prm.addresses import address, is_known, site_address
from prm.tenancy.models import Organization
from prm.tenancy.scope import ScopeRequired


def test_an_address_is_what_reverse_says(in_acme: Organization) -> None:
    assert address("audit_list") == reverse("audit_list", args=["acme"]) == "/o/acme/studio/audit/"
    assert address("job_detail", "abc") == reverse("job_detail", args=["acme", "abc"])
    assert address("file_download", "abc", "x:y") == "/o/acme/files/abc/x%3Ay/"


def test_an_address_of_another_organization_is_given_one(umbrella: Organization) -> None:
    assert address("audit_list", organization=umbrella) == "/o/umbrella/studio/audit/"


def test_addresses_in_mails_are_whole(in_acme: Organization, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "https://partners.example"
    assert address("audit_list", absolute=True) == "https://partners.example/o/acme/studio/audit/"
    assert site_address("healthz") == "https://partners.example/healthz"


@pytest.mark.parametrize("hostile", ["../../admin", "a/b", "a?b=c#d", "//evil.example", "a b", "ä", "%2e"])
def test_arguments_stay_where_they_belong(in_acme: Organization, hostile: str) -> None:
    path = address("job_detail", hostile)
    assert path.startswith("/o/acme/jobs/")
    assert path.count("/") == 5
    assert not set("?# ") & set(path)


def test_what_has_no_page_has_no_address(in_acme: Organization) -> None:
    with pytest.raises(NoReverseMatch):
        address("nothing_detail")
    with pytest.raises(NoReverseMatch):
        address("audit_list", "too", "many")
    assert is_known("audit_list")
    assert not is_known("nothing_detail")


def test_without_an_organization_there_is_no_address(db: None) -> None:
    with pytest.raises(ScopeRequired):
        address("audit_list")
