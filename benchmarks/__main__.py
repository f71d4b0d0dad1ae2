"""Run benchmarks: `python -m benchmarks`, some of them by name, one family of estimators as `peers:repeated`.

`--write docs/performance.md` writes what `peers` and `growth` find between the two marks of that page.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module
from pathlib import Path

from benchmarks.comparison import Compared, Grown, grown, measured
from benchmarks.estimators import comparisons, growths
from benchmarks.peer import Peers
from benchmarks.performance import section, written

NAMES = ("scoring", "road", "reading", "commands", "peers", "growth")
WRITE = "--write"


def main() -> None:
    """Print one line a comparison: our median, the peer's, the ratio and its range."""
    words = sys.argv[1:]
    page = Path(words.pop(words.index(WRITE) + 1)) if WRITE in words else None
    names = [word for word in words if word != WRITE] or list(NAMES)
    compared: list[Compared] = []
    sizes: list[Grown] = []
    with Peers() as peers:
        for name in names:
            began = time.perf_counter()
            kind, _, family = name.partition(":")
            if kind == "peers":
                compared += by_peers(peers, family)
            elif kind == "growth":
                sizes += by_size(family)
            else:
                by_frames(kind)
            print(f"-- {name}: {time.perf_counter() - began:.0f} s", flush=True)
        if page is not None:
            text = section(compared, sizes, [peer.about() for peer in peers.named.values()])
            page.write_text(written(page.read_text(encoding="utf-8"), "estimators", text), encoding="utf-8")
    missed = [one.of.label for one in compared if one.ratio is not None and one.ratio.missed]
    missed += [f"{one.growth.name}, {one.growth.of}" for one in sizes if not one.within]
    print(
        f"estimators: {len(missed)} of {len(compared) + len(sizes)} missed" + "".join(f"\n  {name}" for name in missed)
    )


def by_frames(name: str) -> None:
    """Comparisons of the road from a file to a definition."""
    print(f"{'':<66} {'ours':>12} {'peer':>12} {'ratio':>7}")
    module = import_module(f"benchmarks.{name}")
    for ratio in module.run():
        print(ratio.line(), flush=True)
    if hasattr(module, "peak_memory"):
        print(module.peak_memory(), flush=True)


def by_peers(peers: Peers, family: str) -> list[Compared]:
    """Estimators against their peers."""
    print(f"{'':<66} {'ours':>12} {'peer':>12} {'ratio':>7}")
    found: list[Compared] = []
    for one in comparisons(*([family] if family else [])):
        found.append(measured(one, peers))
        print(found[-1].line(), flush=True)
    return found


def by_size(family: str) -> list[Grown]:
    """Estimators at three sizes."""
    found: list[Grown] = []
    for one in growths(*([family] if family else [])):
        found.append(grown(one))
        print(found[-1].line(), flush=True)
    return found


main()
