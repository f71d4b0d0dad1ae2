"""Pooling of the published figures that may be pooled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from malar.errors import ParameterError, UndefinedError
from malar.evidence.candidates import Candidates
from malar.evidence.telling import quantity

if TYPE_CHECKING:
    import polars as pl

    from malar.evidence.library import Evidence
    from malar.synthesis import MixedPooling, Pooling
    from malar.synthesis.mixed_result import MixedResult
    from malar.synthesis.pooled_result import PooledResult
    from malar.synthesis.pooled_series import PooledSeries

Model = Literal["inverse_variance", "likelihood"]
Scale = Literal["logit", "freeman_tukey"]
Tau2 = Literal["REML", "DL", "PM", "ML", "common"]
Limits = Literal["hartung_knapp", "hartung_knapp_floored", "normal"]
Prediction = Literal["k-2", "k-1", "normal"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PooledEvidence:
    """A pooled value with what it rests on."""

    candidates: Candidates
    result: PooledResult | MixedResult

    @property
    def weights(self) -> dict[str, float]:
        """Share of each report in the pooled value; empty for the likelihood, which has none."""
        from malar.synthesis.pooled_result import PooledResult

        if not isinstance(self.result, PooledResult):
            return {}
        return {name: float(share) for name, share in zip(self.result.names, self.result.weights, strict=True)}

    @property
    def without_each(self) -> PooledSeries:
        """The pooled value without each report in turn; three reports at least."""
        from malar.synthesis import leave_one_out

        return leave_one_out(self.result.spec, self.candidates.frame())

    def as_published(self, evidence: Evidence) -> PooledSeries:
        """The pooled value as the reports came out, by year; reports without a year are refused."""
        import polars as pl

        from malar.synthesis import cumulative

        years = [evidence.study(one.study).year for one in self.candidates.figures]
        frame = self.candidates.frame().with_columns(year=pl.Series(years, dtype=pl.Int64))
        return cumulative(self.result.spec, frame, order="year")

    def table(self) -> pl.DataFrame:
        """Rows of the table of results; the note says what was left out and by which rule."""
        first = self.candidates.figures[0]
        names = ", ".join(one.study for one in self.candidates.figures)
        words = [f"of {names}", *self.candidates.overridden]
        out = ", ".join(one.study for one in self.candidates.left_out)
        if out:
            words.append(f"left out: {out}")
        denominators = {one.denominator for one in self.candidates.figures}
        times = {one.months for one in self.candidates.figures}
        return self.result.table(
            definition=self.candidates.outcome,
            denominator=first.denominator if len(denominators) == 1 else None,
            time=first.months * 365.25 / 12 if len(times) == 1 and first.months is not None else None,
            note="; ".join(words),
        )


def pool(
    found: Candidates,
    *,
    model: Model = "inverse_variance",
    across: Sequence[str] = (),
    level: float = 0.95,
    scale: Scale = "logit",
    tau2: Tau2 = "REML",
    limits: Limits = "hartung_knapp",
    prediction: Prediction = "k-2",
) -> PooledEvidence:
    """Pool the figures found.

    Parameters
    ----------
    found
        From :func:`malar.evidence.candidates.candidates`.
    model
        ``inverse_variance``, or ``likelihood`` of the counts.
    across
        Differences that you accept by name: ``definition``, ``denominator``, ``time_months``, ``outcome``.
    level
        Confidence level.
    scale
        Of counts by inverse variance: ``logit`` or ``freeman_tukey``. Survival is pooled on the log(-log) scale.
    tau2, limits, prediction
        By inverse variance, as :class:`malar.synthesis.Pooling` takes them; the likelihood uses `prediction` alone.

    Raises
    ------
    UndefinedError
        Fewer than two reports are left.
    ParameterError
        They differ in what they measured, in whom or when, and the difference is not named in `across`.
    """
    if len(found.figures) < 2:
        told = "; ".join(f"{one.study}: {quantity(one)}" for one in found.figures) or "none"
        raise UndefinedError(
            f"{len(found.figures)} report of `{found.outcome}` is left that shares no patients with another: {told}.",
            "One report is not pooled with itself.",
            "Quote it as it stands; see which were left out, and why.",
        )
    survival = found.figures[0].events is None
    if survival and model == "likelihood":
        raise ParameterError(
            "Survival estimates have no counts.", "The likelihood needs them.", "Use model='inverse_variance'."
        )
    spec = _spec(
        model, "survival_log_log" if survival else f"proportion_{scale}", across, level, tau2, limits, prediction
    )
    return PooledEvidence(candidates=found, result=spec.fit(found.frame()))


def _spec(
    model: Model,
    measure: str,
    across: Sequence[str],
    level: float,
    tau2: Tau2,
    limits: Limits,
    prediction: Prediction,
) -> MixedPooling | Pooling:
    from malar.synthesis import MixedPooling, Pooling

    if model == "likelihood":
        return MixedPooling(outcome="proportion", level=level, across=tuple(across), prediction=prediction)
    fitting = None if tau2 == "common" else limits
    return Pooling(measure=measure, level=level, across=tuple(across), tau2=tau2, limits=fitting, prediction=prediction)
