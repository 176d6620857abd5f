"""Starts the test servers before settings are read. Named by `-p tests.plugin` in pyproject.toml."""

import os
from pathlib import Path

from prm.embedded.testing import ensure_test_servers

os.environ.update(ensure_test_servers())
# Static files are found without being collected, but their folder is looked for.
Path(os.environ["CANOPY_HOME"], "static").mkdir(exist_ok=True)

# Each worker process counts in a database of its own: one empties its cache while the other is counting.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
os.environ["CACHE_URL"] = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{int(_worker[2:] or 0) + 1}"
