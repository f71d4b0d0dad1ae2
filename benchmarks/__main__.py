"""Run every benchmark: `make bench`, or `python -m benchmarks scoring commands`."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("scoring", "road", "reading", "commands", "repeated", "event_times", "matching", "pooling")


def main() -> None:
    """Print one line a comparison: our median, the peer's, the ratio and its range."""
    print(f"{'':<66} {'ours':>12} {'peer':>12} {'ratio':>7}")
    for name in sys.argv[1:] or NAMES:
        module = import_module(f"benchmarks.{name}")
        for ratio in module.run():
            print(ratio.line(), flush=True)
        if hasattr(module, "peak_memory"):
            print(module.peak_memory(), flush=True)


main()
