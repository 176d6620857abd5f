"""`make bench`: loads the scaled demo into a database of its own and prints one table of figures.

Ratios within one run decide; the milliseconds orient. Also writes `<CANOPY_HOME>/bench.json`. `CANOPY_BENCH_SCALE`
(1) is the demo's scale: 100 takes some minutes to load and is kept for the next run of the same code.
"""

import json
import os
import sys
from pathlib import Path


def main() -> int:
    # Settings read the database's name from the environment: it must say the bench's own before Django starts.
    from prm.embedded.testing import ensure_test_servers

    os.environ.update(ensure_test_servers())
    os.environ["DJANGO_SETTINGS_MODULE"] = "prm.settings"
    import django

    django.setup()
    from tests.bench.run import run

    scale = int(os.environ.get("CANOPY_BENCH_SCALE", "1"))
    figures = run(scale)
    home = Path(os.environ.get("CANOPY_BENCH_OUTPUT", ".canopy"))
    home.mkdir(exist_ok=True)
    (home / "bench.json").write_text(json.dumps([figure.as_json() for figure in figures], indent=1))
    return 0 if all(figure.ok for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
