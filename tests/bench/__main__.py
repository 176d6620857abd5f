"""`make bench`: loads the scaled demo into a database of its own and prints one table of figures.

Ratios within one run decide; the milliseconds orient. Also writes `bench.json`. `--scale` is the
demo's, `--growth` how many times as much data the pages are opened with once more; 0 leaves that out.
"""

import argparse
import json
import os
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, default=1, help="thousands of partners")
    parser.add_argument("--growth", type=int, choices=(0, 10, 100), default=10, help="measure pages at so many times")
    parser.add_argument("--output", type=Path, default=Path(".canopy"), help="the folder of bench.json")
    parser.add_argument("--load", action="store_true", help="only make the data")
    wanted = parser.parse_args()
    # Settings read the database's name from the environment: it must say the tests' own before Django starts.
    from prm.embedded.testing import ensure_test_servers

    os.environ.update(ensure_test_servers())
    os.environ["LOG_LEVEL"] = "ERROR"
    os.environ["DJANGO_SETTINGS_MODULE"] = "prm.settings"
    import django

    django.setup()
    from tests.bench.data import make
    from tests.bench.run import run

    if wanted.load:
        make(wanted.scale)
        return
    figures = run(wanted.scale, wanted.growth)
    wanted.output.mkdir(exist_ok=True)
    (wanted.output / "bench.json").write_text(json.dumps([figure.as_json() for figure in figures], indent=1))


if __name__ == "__main__":
    main()
