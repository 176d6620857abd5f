"""What /dev/components/ shows: each component in its states, with the data that makes them visible."""

from typing import Any

from django.http import HttpRequest


def examples(request: HttpRequest) -> dict[str, Any]:
    return {}
