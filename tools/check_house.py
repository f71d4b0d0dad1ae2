"""House rules that no linter knows: no registry host in a lock file, no path of a machine, every key has its pages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from malar.endpoints import DEFINITIONS
from malar.instruments import INSTRUMENTS

ROOT = Path(__file__).parents[1]
HOST = re.compile(r"https?://|file://|--(extra-)?index-url|--find-links|\b[\w-]+\.(org|com|io|net)/")
MACHINE_PATH = re.compile(r"(?<![\w.])/(home|root|work|Users|opt)/\w+")


def tracked() -> list[Path]:
    """Text files that git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def problems() -> list[str]:
    """What breaks a rule of the house, in words."""
    found: list[str] = []
    for lock in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
        found += [f"{lock}:{n}: names a host" for n, line in enumerate(lines, 1) if HOST.search(line)]
        if "--hash=sha256:" not in "\n".join(lines):
            found.append(f"{lock}: has no hashes")
    for path in tracked():
        if path.suffix in (".png", ".parquet", ".lock"):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            found.append(f"{path.relative_to(ROOT)}: is not UTF-8")
            continue
        if path.name != Path(__file__).name and MACHINE_PATH.search(text):
            found.append(f"{path.relative_to(ROOT)}: holds a path of a machine")
    for key in {**INSTRUMENTS, **DEFINITIONS}:
        if not (ROOT / "docs" / "definitions" / f"{key}.md").exists():
            found.append(f"{key}: has no sheet: make generate")
        if not re.fullmatch(r"[a-z][a-z0-9_]*", key):
            found.append(f"{key}: is no column name")
    if (ROOT / "uv.lock").exists():
        found.append("uv.lock: writes registry hosts; requirements.lock is the lock file")
    return found


def main() -> int:
    """Print what breaks a rule; exit code 1 where anything does."""
    found = problems()
    print("\n".join(found) or "house rules: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
