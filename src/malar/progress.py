"""Progress of long work, on the error stream: what is being done and how long it took."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def stage(what: str) -> Generator[None]:
    """Say what is being done while it is done, and how long it took if that was over a second.

    On a terminal the line is shown at once and cleared when it was quick; elsewhere only slow stages are
    told. Nothing of a patient belongs in `what`.
    """
    on_screen = sys.stderr.isatty()
    if on_screen:
        sys.stderr.write(f"{what} …")
        sys.stderr.flush()
    began = time.perf_counter()
    try:
        yield
    finally:
        seconds = time.perf_counter() - began
        if on_screen:
            sys.stderr.write("\r\033[K")
        if seconds > 1:
            sys.stderr.write(f"{what}: {seconds:.1f} s\n")
