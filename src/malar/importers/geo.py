"""Import a table of sample characteristics from GEO or ArrayExpress."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from malar.importers.building import build_study, check_repairs
from malar.importers.mapping_file import read_mapping
from malar.importers.source_files import choose_shipped, read_sources, sdrf_name
from malar.schema import Study


def import_geo(
    source: str | Path,
    *,
    mapping: str | Path | None = None,
    repair: Sequence[str] = (),
    today: date | None = None,
) -> Study:
    """Import a sample table (SDRF): one row a sample, its characteristics in columns.

    Parameters
    ----------
    source
        The file, or a folder that holds it alone. A column may be named `age`, `Characteristics [age]` or
        `Characteristics[age]`; a name that stands twice is the second time `name.1`.
    mapping
        A TOML file or the key of a shipped mapping; by default the shipped mapping whose columns are all there.
    repair
        Repairs to make: ``titre_read_as_time`` restores titres that a spreadsheet has turned into times.
    today
        Dates after it are in the future and set aside; by default the date of the clock.

    Returns
    -------
    Study
        Its accounting begins with the file, as the table `source`.

    Raises
    ------
    UnreadableError
        There is no such file, it is binary or empty, or the mapping is no TOML.
    MissingColumnsError
        Columns that the mapping reads are not there, or no shipped mapping fits.
    ParameterError
        The mapping or a repair names something that does not exist.
    """
    check_repairs(repair)
    path = Path(source)
    chosen = choose_shipped(path, sdrf_name) if mapping is None else read_mapping(mapping)
    return build_study(read_sources(path, chosen, sdrf_name), chosen, repair=repair, today=today)
