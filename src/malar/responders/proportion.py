"""A proportion that says of how many, and what unknown counts as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

from malar._frames import as_sign, demand, demand_values, demand_words, enter
from malar.errors import ParameterError
from malar.method import Method
from malar.responders._arms import words
from malar.responders.proportion_result import EXACT, LIMITS, SCORE, Limits, ProportionOfGroup, ProportionResult
from malar.results import DENOMINATORS

if TYPE_CHECKING:
    import polars as pl

Unknown = Literal["nonresponder", "excluded", "imputed", "bounds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """How many respond, of how many, from one row a subject.

    Parameters
    ----------
    denominator
        Who counts below the line: one of ``enrolled, randomized, treated, alive, followed, evaluable,
        affected_at_baseline, ever_responders``. A Boolean column of that name in the frame says who
        does; :func:`malar.timelines.derive_denominators` gives all of them. There is no default: the same 28
        patients are 34.6 % of 81 enrolled and 41 % of 68 alive.
    unknown
        What an unknown outcome counts as. ``nonresponder``: a failure. ``excluded``: left out of both
        counts. ``imputed``: what the column `imputed` says. ``bounds``: a failure in the lowest estimate, a
        success in the highest. There is no default.
    level
        Confidence level, between 0 and 1.
    outcome
        Column: true or 1 responded, false or 0 did not, null unknown.
    imputed
        Column of outcomes imputed elsewhere, read where `outcome` is null; only with ``imputed``.
    by
        Column of groups or arms, never null.
    limits
        Which limits the table shows: among ``clopper_pearson``, ``wilson``, ``jeffreys`` and ``mid_p``.

    Notes
    -----
    A subject who may or may not belong to the denominator (null in its column) is not counted, and the
    note of the result says how many there are. With ``bounds``
    they run from the lower limit of the lowest estimate to the upper limit of the highest. With ``imputed``
    they take imputed outcomes for observed ones and are too narrow; the note says how many there are.

    Source
    ------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404-13. Wilson EB. J Am Stat Assoc 1927;22:209-12.

    Examples
    --------
    >>> import polars as pl
    >>> cohort = pl.DataFrame(
    ...     {"outcome": [True] * 28 + [False] * 40 + [None] * 13, "enrolled": True, "alive": [True] * 68 + [False] * 13}
    ... )
    >>> for who in ("enrolled", "alive"):
    ...     (whole,) = Proportion(denominator=who, unknown="nonresponder").fit(cohort).groups
    ...     print(whole.events, whole.n, round(whole.events / whole.n, 3))
    28 81 0.346
    28 68 0.412
    """

    method: ClassVar[Method] = Method(
        key="proportion", title="Proportion of responders, of a named denominator", source=EXACT, also=(SCORE,)
    )

    denominator: str
    unknown: Unknown
    level: float = 0.95
    outcome: str = "outcome"
    imputed: str = ""
    by: str | None = None
    limits: tuple[Limits, ...] = ("clopper_pearson", "wilson")

    def __post_init__(self) -> None:
        if self.denominator not in DENOMINATORS:
            raise ParameterError(
                f"`{self.denominator}` is no denominator.",
                "A percentage without its denominator can be made to say anything.",
                f"Use one of {', '.join(DENOMINATORS)}.",
            )
        if self.unknown not in get_args(Unknown):
            raise ParameterError(
                f"An unknown outcome cannot count as `{self.unknown}`.",
                "Nobody would know what the percentage says.",
                f"Use one of {', '.join(get_args(Unknown))}.",
            )
        if bool(self.imputed) != (self.unknown == "imputed"):
            raise ParameterError(
                "A column of imputed outcomes goes with unknown='imputed', and only with it.",
                "Otherwise it would not be read, or there would be nothing to read.",
                "Pass imputed='…' and unknown='imputed' together.",
            )
        if not 0 < self.level < 1:
            raise ParameterError("The confidence level is not between 0 and 1.", hint="Pass level=0.95.")
        if set(self.limits) - set(LIMITS):
            raise ParameterError(
                f"{len(set(self.limits) - set(LIMITS))} names are no limits of a proportion.",
                "Each has a formula and a coverage of its own.",
                f"Use some of {', '.join(LIMITS)}.",
            )

    def fit(self, frame: Any) -> ProportionResult:
        """Count and estimate, by group.

        Parameters
        ----------
        frame
            Any kind of dataframe with one row a subject: the outcome, the denominator's column, and the
            columns of imputed outcomes and groups where they are named.

        Returns
        -------
        ProportionResult
            One proportion a group, in order of the groups' names.

        Raises
        ------
        MissingColumnsError
            A column named is not there.
        WrongTypeError
            Outcome, imputed outcome or denominator is neither Boolean nor a number.
        ParameterError
            A subject has several rows, a group is null, or an unknown outcome was not imputed.
        """
        inside, _ = enter(frame)
        schema = inside.collect_schema()
        signs = tuple(name for name in (self.outcome, self.denominator, self.imputed) if name)
        named = (*signs, *([self.by] if self.by else ()))
        hint = "Derive them with malar.timelines.derive_denominators, or add a Boolean column of that name."
        demand(schema.names(), named, "A proportion", hint)
        demand_values(schema, signs, "A proportion")
        demand_words(schema, named[len(signs) :], "A group")
        rows = inside.collect()
        _demand_single(rows, self.by)
        return ProportionResult(self, tuple(self._of(name, part) for name, part in _groups(rows, self.by)))

    def _of(self, group: str | None, rows: pl.DataFrame) -> ProportionOfGroup:
        import polars as pl

        marked = rows.select(counts=as_sign(self.denominator), verdict=as_sign(self.outcome), imputed=self._imputed())
        inside = marked.filter("counts")
        verdict, open_ = inside["verdict"], int(inside["verdict"].null_count())
        if self.unknown == "imputed":
            verdict = inside.select(pl.coalesce("verdict", "imputed")).to_series()
            _demand_imputed(verdict.null_count())
        known, events = len(verdict) - verdict.null_count(), int(verdict.sum())
        return ProportionOfGroup(
            group=group,
            n=known if self.unknown == "excluded" else inside.height,
            events=events,
            most_events=events + (open_ if self.unknown == "bounds" else 0),
            n_unknown=open_,
            n_perhaps=marked["counts"].null_count(),
            level=self.level,
        )

    def _imputed(self) -> pl.Expr:
        import polars as pl

        return as_sign(self.imputed) if self.imputed else pl.lit(None, dtype=pl.Boolean)


def _groups(rows: pl.DataFrame, by: str | None) -> list[tuple[str | None, pl.DataFrame]]:
    if by is None:
        return [(None, rows)]
    named = words(rows, by)
    return [(name, rows.filter(named == name)) for name in named.unique().sort().to_list()]


def _demand_single(rows: pl.DataFrame, by: str | None) -> None:
    if "subject" in rows.columns and rows["subject"].is_duplicated().any():
        n = rows.filter(rows["subject"].is_duplicated())["subject"].n_unique()
        raise ParameterError(
            f"{n} subjects have several rows.",
            "A proportion counts each subject once.",
            "Filter the frame to one planned visit first.",
        )
    if by and rows[by].null_count():
        raise ParameterError(
            f"`{by}` is null in {rows[by].null_count()} rows.",
            "These subjects would be in no group.",
            "Name their group, or leave them out and say so.",
        )


def _demand_imputed(left: int) -> None:
    if left:
        raise ParameterError(
            f"{left} unknown outcomes have no imputed one.",
            "What they count as would be a guess.",
            "Impute all of them, or choose another policy for unknown.",
        )
