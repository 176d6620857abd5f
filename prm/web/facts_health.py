"""Whether the table of facts has months enough ahead."""

from datetime import datetime

from django.db import connection

from prm.activity.partitions import WARN_BELOW, months_ahead
from prm.web.health import Finding


def facts_have_months(now: datetime) -> Finding:
    """A warning, never a refusal to serve: facts of a month without its partition go to the default one."""
    months = months_ahead(connection, now)
    if months < WARN_BELOW:
        return Finding(True, f"warning: partitions of facts for {months} months ahead only; run migrate")
    return Finding(True, f"partitions for {months} months ahead")
