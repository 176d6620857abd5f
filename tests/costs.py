"""How many queries a page makes, and how many of them every page makes."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from prm.addresses import address
from prm.tenancy.models import Organization


def queries_of(client: Client, url: str) -> int:
    """The queries of a page that was opened before, so that nothing is filled for the first time."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200, f"{url} answers {answer.status_code}"
    return len(captured.captured_queries)


def frame_of(client: Client, organization: Organization) -> int:
    """What the frame of the studio costs a member: the page of roles reads nothing of its own."""
    return queries_of(client, address("role_table", organization=organization))
