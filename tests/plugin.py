"""Starts the test servers before settings are read. Named by `-p tests.plugin` in pyproject.toml."""

import os

from prm.embedded.testing import ensure_test_servers

os.environ.update(ensure_test_servers())
