"""The bundled studies. Every value in them is invented."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from malar.errors import UnknownKeyError

EXAMPLES: Final = ("msc_refractory", "case_series")
"""Names of the bundled studies."""


def example_path(name: str = "msc_refractory") -> Path:
    """Folder of a bundled study.

    Parameters
    ----------
    name
        One of :data:`EXAMPLES`.

    Raises
    ------
    UnknownKeyError
        No bundled study has the name.

    Examples
    --------
    >>> (example_path() / "study.toml").exists()
    True
    """
    if name not in EXAMPLES:
        raise UnknownKeyError(f"There is no bundled study `{name}`.", hint=f"Bundled: {', '.join(EXAMPLES)}.")
    return Path(__file__).parent / name
