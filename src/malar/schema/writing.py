"""Write a study folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl

from malar.errors import ParameterError, UnreadableError
from malar.schema.settings import FILE_NAME, Settings
from malar.schema.tables import TABLES

FORMS: Final = ("csv", "parquet")


def write_folder(settings: Settings, tables: Mapping[str, pl.DataFrame], folder: Path, form: str) -> Path:
    """Write settings and tables; see :meth:`malar.schema.study.Study.write`.

    Every file is complete under another name before one of an earlier write is replaced or removed.
    """
    if form not in FORMS:
        raise ParameterError(f"A study cannot be written as `{form}`.", hint=f"Use one of {', '.join(FORMS)}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(settings, tables, folder, form)
    except OSError as error:
        raise UnreadableError(
            f"{folder.name} cannot be written: {error.strerror or type(error).__name__}.",
            "What the folder holds may be of an earlier write.",
            "Choose a folder that you may write to, with room on its disk.",
        ) from error
    return folder


def _write(settings: Settings, tables: Mapping[str, pl.DataFrame], folder: Path, form: str) -> None:
    made: dict[Path, Path] = {}
    try:
        for name, table in tables.items():
            if table.is_empty() and name != "subjects":
                continue
            target = folder / f"{name}.{form}"
            made[target] = folder / f".{target.name}.part"
            if form == "csv":
                table.write_csv(made[target])
            else:
                table.write_parquet(made[target])
        made[folder / FILE_NAME] = folder / f".{FILE_NAME}.part"
        made[folder / FILE_NAME].write_text(settings.to_toml(), encoding="utf-8", newline="\n")
        for name in TABLES:
            for ending in FORMS:
                if (stale := folder / f"{name}.{ending}") not in made:
                    stale.unlink(missing_ok=True)
        for target, part in made.items():
            part.replace(target)
    finally:
        for part in made.values():
            part.unlink(missing_ok=True)
