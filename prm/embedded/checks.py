"""`check --deploy` rejects what is for one machine only."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def for_one_machine_only(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """The embedded set-up has sign-in buttons and a clock that anybody may turn."""
    return [
        Error(f"{name}=1 is for `make run` and tests: it opens pages under /dev/.", id="canopy.E010")
        for name, is_set in (("CANOPY_EMBEDDED", settings.EMBEDDED), ("CANOPY_TESTING", settings.TESTING))
        if is_set
    ]
