"""The mappings that come with Malar."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def shipped_files() -> dict[str, Traversable]:
    """The mapping files that come with Malar, by key."""
    folder = files("malar.importers").joinpath("mappings")
    found = {entry.name.removesuffix(".toml"): entry for entry in folder.iterdir() if entry.name.endswith(".toml")}
    return dict(sorted(found.items()))


def shipped_mappings() -> list[tuple[str, str]]:
    """Key and title of every mapping that comes with Malar.

    Examples
    --------
    >>> [key for key, _ in shipped_mappings()]
    ['e_geod_65391']
    """
    contents = {key: tomllib.loads(entry.read_text(encoding="utf-8")) for key, entry in shipped_files().items()}
    return [(key, str(content["title"])) for key, content in contents.items()]
