"""The data set as a whole: every report, and what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from malar.errors import FormatVersionError, ParameterError, UnknownKeyError, near
from malar.evidence import records
from malar.evidence.claim import Claim, read_claims
from malar.evidence.fields import read_toml
from malar.evidence.published_figure import WEEKS_A_MONTH, PublishedFigure
from malar.evidence.study import Study, read_study_file

HERE: Final = Path(__file__).parent
FORMAT_VERSION: Final = 1

_FIGURE: Final = re.compile(
    r"(?P<study>[a-z0-9-]+)/(?P<name>[a-z0-9_]+)(@(?P<time>[0-9.]+)(?P<weeks>w?))?"
    r"( on (?P<arm>.+?))?( of (?P<denominator>[a-z_]+))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Published studies as data.

    Parameters
    ----------
    as_of
        Year and month of the newest source read.
    reading
        How the sources were read, in words.
    awaited
        Studies without results that would change the picture: look again before quoting.
    studies
        By key.
    added
        Keys of the studies that the user added.
    """

    as_of: str
    reading: str
    awaited: tuple[str, ...]
    documents: tuple[records.Document, ...]
    studies: Mapping[str, Study]
    comparators: tuple[records.Reference, ...]
    epidemiology: tuple[records.Reference, ...]
    trials: tuple[records.RegisteredTrial, ...]
    overlap: tuple[records.OverlapGroup, ...]
    trajectories: tuple[records.Trajectory, ...]
    contradictions: tuple[records.Contradiction, ...]
    claims: tuple[Claim, ...]
    added: tuple[str, ...] = ()

    def study(self, key: str) -> Study:
        """A report by its key.

        Raises
        ------
        UnknownKeyError
            No such report.

        Examples
        --------
        >>> from malar.evidence import read_evidence
        >>> read_evidence().study("wang-2013").n
        87
        """
        if key not in self.studies:
            hint = near(key, self.studies, "").replace("malar list .", "malar evidence list.")
            raise UnknownKeyError(f"No study has the key `{key}`.", hint=hint)
        return self.studies[key]

    def cite(self, key: str) -> str:
        """Citation of a report, comparator or source of epidemiology."""
        for reference in (*self.comparators, *self.epidemiology):
            if reference.key == key:
                return reference.cite()
        return self.study(key).cite()

    def figure(self, reference: str) -> PublishedFigure:
        """One figure by its reference.

        Parameters
        ----------
        reference
            ``study/name``, then as far as needed ``@months`` (``@52w`` for weeks), ``on arm``, ``of denominator``.

        Raises
        ------
        UnknownKeyError
            None, or several, answer to it.

        Examples
        --------
        >>> from malar.evidence import read_evidence
        >>> read_evidence().figure("wang-2013/complete_remission@48").n
        6
        """
        found = _FIGURE.fullmatch(reference)
        wanted = found.groupdict() if found else {"study": "", "name": ""}
        answers = [figure for figure in self._of(wanted["study"]) if found and _answers(figure, wanted)]
        if len(answers) != 1:
            raise UnknownKeyError(
                f"{len(answers)} figures answer to `{reference}`.",
                "A claim is set beside exactly one.",
                "Write study/name, and @months, on arm, of denominator where needed; see malar evidence show.",
            )
        return answers[0]

    def _of(self, key: str) -> tuple[PublishedFigure, ...]:
        for reference in (*self.comparators, *self.epidemiology):
            if reference.key == key:
                return reference.figures
        return self.study(key).figures if key in self.studies else ()


def _answers(figure: PublishedFigure, wanted: Mapping[str, str | None]) -> bool:
    time, arm, denominator = wanted["time"], wanted["arm"], wanted["denominator"]
    months = float(time) / (WEEKS_A_MONTH if wanted["weeks"] else 1) if time else None
    return (
        figure.name == wanted["name"]
        and (months is None or (figure.months is not None and abs(figure.months - months) < 0.01))
        and figure.arm == (arm or "")
        and (denominator is None or figure.denominator == denominator)
    )


def read_evidence(add: Iterable[Path] = ()) -> Evidence:
    """Read the data set that comes with Malar, and studies of your own.

    Parameters
    ----------
    add
        Files of further studies, in the form of the page add-a-study.

    Raises
    ------
    ParameterError
        A file breaks the schema; the message names file and field.
    """
    shipped = _shipped()
    studies = dict(shipped.studies)
    added: list[str] = []
    for path in add:
        study = read_study_file(path, tuple(document.key for document in shipped.documents))
        if study.key in studies:
            raise ParameterError(
                f"{path.name}: `key` is {study.key!r}, which is taken.",
                "Two reports under one key would be taken for one.",
                "Give the study another key.",
            )
        _demand_group(study, shipped.overlap, path.name)
        studies[study.key] = study
        added.append(study.key)
    if not added:
        return shipped
    return replace(shipped, studies=studies, added=tuple(added))


@lru_cache(maxsize=1)
def _shipped() -> Evidence:
    head = read_toml(HERE / "dataset.toml")
    version = head.count("format_version")
    if version is None or version > FORMAT_VERSION:
        raise FormatVersionError(
            f"The data set has format {version}, and this Malar reads {FORMAT_VERSION}.", hint="Update Malar."
        )
    documents = records.read_documents(head)
    keys = tuple(document.key for document in documents)
    overlap = records.read_overlap(HERE / "overlap.toml")
    studies: dict[str, Study] = {}
    for path in sorted((HERE / "studies").glob("*.toml")):
        study = read_study_file(path, keys)
        _demand_group(study, overlap, path.name)
        studies[study.key] = study
    evidence = Evidence(
        as_of=head.text("as_of"),
        reading=head.text("reading"),
        awaited=head.texts("awaited"),
        documents=documents,
        studies=studies,
        comparators=records.read_references(HERE / "comparators.toml", "comparators", "source", keys),
        epidemiology=records.read_references(HERE / "epidemiology.toml", "sources", "citation", keys),
        trials=records.read_trials(HERE / "trials.toml"),
        overlap=overlap,
        trajectories=records.read_trajectories(HERE / "trajectories.toml"),
        contradictions=records.read_contradictions(HERE / "contradictions.toml"),
        claims=read_claims(HERE / "claims.toml"),
    )
    head.done()
    return evidence


def _demand_group(study: Study, overlap: Iterable[records.OverlapGroup], file: str) -> None:
    groups = [group.key for group in overlap]
    if study.overlap_group and study.overlap_group not in groups:
        raise ParameterError(
            f"{file}: `overlap_group` is {study.overlap_group!r}.",
            "Reports that share patients are found by it.",
            f"Use one of {', '.join(groups)}, or leave it out.",
        )
