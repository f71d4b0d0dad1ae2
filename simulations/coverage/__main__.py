"""Run the simulations and write results and pages: `python -m simulations.coverage [FAMILY …]`."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor

# Threads are counted when NumPy and Polars are first imported, so this comes before the imports below.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ.setdefault(name, "1")

from simulations.coverage import pages, results  # noqa: E402
from simulations.coverage.families import FAMILIES  # noqa: E402
from simulations.coverage.running import simulate  # noqa: E402


def main() -> int:
    """Simulate the families named, or all; write results, then the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=", ".join(FAMILIES))
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--pages", action="store_true", help="only write the pages from the results")
    options = parser.parse_args()
    strange = set(options.families) - set(FAMILIES)
    if strange:
        parser.error(f"no family is called {', '.join(sorted(strange))}; there are {', '.join(FAMILIES)}")
    if not options.pages:
        with ProcessPoolExecutor(options.workers, multiprocessing.get_context("spawn")) as pool:
            for family in options.families or FAMILIES:
                begun = time.monotonic()
                results.write(family, simulate(pool, family))
                print(f"{family}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    for path, text in pages.written().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
