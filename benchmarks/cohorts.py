"""Simulated cohorts of any size: the rows that estimators and their peers are timed on."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

SEED = 2026
ARMS = ("control", "treated")
COVARIATES = ("sledai_2k", "egfr", "upcr", "prednisone_mg_day", "age")


def _arms(rng: np.random.Generator, n: int) -> pl.Series:
    return pl.Series(rng.choice(ARMS, n))


def in_days(frame: pl.DataFrame) -> pl.DataFrame:
    """The same on whole days, so that times are tied."""
    return frame.with_columns(pl.col("time").ceil())


@cache
def single(n: int) -> pl.DataFrame:
    """``time, event, arm``: distinct times, a third of them censored."""
    rng = np.random.default_rng(SEED)
    event, cut = rng.exponential(300.0, n), rng.exponential(600.0, n)
    return pl.DataFrame({"time": np.minimum(event, cut), "event": event <= cut, "arm": _arms(rng, n)})


@cache
def competing(n: int) -> pl.DataFrame:
    """``time, cause, arm``: two causes on distinct times; cause 0 is censored."""
    rng = np.random.default_rng(SEED)
    ends = np.stack([rng.exponential(mean, n) for mean in (600.0, 300.0, 500.0)])
    return pl.DataFrame({"time": ends.min(axis=0), "cause": ends.argmin(axis=0), "arm": _arms(rng, n)})


@cache
def covariates(n: int, p: int) -> pl.DataFrame:
    """``time, event, cause, x0, x1, …``: normal covariates act on the first of two causes; distinct times."""
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(n, p))
    slopes = np.linspace(-0.5, 0.5, p)
    one, two = rng.exponential(900 * np.exp(-x @ slopes)), rng.exponential(1500, n)
    gone = rng.uniform(100, 2000, n)
    first = np.minimum(one, two)
    cause = np.where(first > gone, 0, np.where(one < two, 1, 2))
    columns = {f"x{j}": x[:, j] for j in range(p)}
    return pl.DataFrame({"time": np.minimum(first, gone), "event": cause == 1, "cause": cause, **columns})


@cache
def states(n: int) -> pl.DataFrame:
    """``subject, start, stop, state`` and, for R, ``from, to``: three states of which the third is left by none."""
    rng = np.random.default_rng(SEED)
    mean, onward = np.array([200.0, 300.0]), np.array([0.7, 0.6])
    last = np.ceil(rng.uniform(100, 1000, n))
    who, now, since = np.arange(n), np.zeros(n, dtype=int), np.zeros(n)
    parts: list[pl.DataFrame] = []
    while who.size:
        until = since + np.ceil(rng.exponential(mean[now]))
        then = np.where(rng.random(who.size) < onward[now], 1 - now, 2)
        ends = until >= last[who]
        columns = {"subject": who, "start": since, "stop": np.where(ends, last[who], until), "from": now + 1}
        parts.append(pl.DataFrame({**columns, "to": np.where(ends, 0, then + 1)}))
        dead = ~ends & (then == 2)
        gone = pl.DataFrame({"subject": who[dead], "start": until[dead], "stop": last[who[dead]]})
        parts.append(gone.with_columns(**{"from": pl.lit(3, pl.Int64), "to": pl.lit(0, pl.Int64)}))
        on = ~ends & (then < 2)
        who, now, since = who[on], then[on], until[on]
    named = pl.col("from").replace_strict({1: "active", 2: "low", 3: "dead"}, return_dtype=pl.String)
    return pl.concat(parts).sort("subject", "start").with_columns(state=named)


@cache
def intervals(n: int) -> pl.DataFrame:
    """``left, right``: days between which the event was found at visits, null where it was not."""
    rng = np.random.default_rng(SEED)
    day, visits = rng.exponential(200.0, n), 28 * rng.integers(1, 14, n)
    left = np.minimum(np.floor(day / 28), visits / 28) * 28
    right = np.where(left >= visits, np.nan, left + 28)
    return pl.DataFrame({"left": left, "right": right}).with_columns(pl.col("right").fill_nan(None))


@cache
def trial(n: int, visits: int = 5) -> pl.DataFrame:
    """``subject, visit, arm, baseline, stratum, change``: some leave for good, some miss a visit; those are null."""
    rng = np.random.default_rng(SEED)
    baseline, arm = rng.normal(12, 4, n), rng.integers(0, 2, n)
    sigma = 9.0 * (0.6 + 0.4 * np.eye(visits))
    noise = rng.multivariate_normal(np.zeros(visits), sigma, n)
    change = -0.3 * baseline[:, None] - 0.5 * arm[:, None] * np.arange(1, visits + 1) + noise
    left = np.cumsum(rng.random((n, visits)) < 0.05, axis=1) > 0
    missing = left | (rng.random((n, visits)) < 0.04) if visits <= 5 else left
    rows = {
        "subject": np.repeat(np.arange(n), visits),
        "visit": np.tile(np.arange(1, visits + 1), n),
        "arm": np.repeat(np.where(arm == 1, "treated", "control"), visits),
        "baseline": np.repeat(baseline, visits),
        "stratum": np.repeat(np.where(rng.random(n) < 0.5, "nephritis", "other"), visits),
        "change": change.ravel(),
    }
    return pl.DataFrame(rows).with_columns(pl.when(pl.Series(~missing.ravel())).then("change").alias("change"))


@cache
def cohort(n: int, p: int = len(COVARIATES)) -> pl.DataFrame:
    """``treated`` and covariates: about a quarter are treated, by what the covariates say."""
    rng = np.random.default_rng(SEED)
    names = COVARIATES if p == len(COVARIATES) else tuple(f"x{j}" for j in range(p))
    values = {name: rng.normal(size=n) for name in names}
    logit = -1.3 + 0.9 * sum(values.values()) / np.sqrt(p)
    return pl.DataFrame({**values, "treated": (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)})


@cache
def studies(k: int) -> pl.DataFrame:
    """``study, events, n, dose``: proportions that differ."""
    rng = np.random.default_rng(SEED)
    n = rng.integers(8, 90, k)
    p = 1.0 / (1.0 + np.exp(-rng.normal(-0.3, 0.6, k)))
    names = [f"S{i:06d}" for i in range(k)]
    return pl.DataFrame({"study": names, "events": rng.binomial(n, p), "n": n, "dose": rng.uniform(0.5, 3.0, k)})


@cache
def two_arms(k: int) -> pl.DataFrame:
    """``study, events, n, control_events, control_n`` of trials."""
    rng = np.random.default_rng(SEED)
    n, m = rng.integers(20, 200, k), rng.integers(20, 200, k)
    base = rng.uniform(0.2, 0.5, k)
    counts = {"events": rng.binomial(n, base * 1.3), "n": n, "control_events": rng.binomial(m, base), "control_n": m}
    return pl.DataFrame({"study": [f"S{i:06d}" for i in range(k)], **counts})


@cache
def flares(n: int) -> pl.DataFrame:
    """``group, events, patient_years, sledai_2k``: overdispersed counts."""
    rng = np.random.default_rng(SEED)
    arm, years, score = _arms(rng, n), rng.uniform(0.3, 2.0, n), rng.normal(10, 4, n)
    rate = np.exp(-0.4 * (arm == "treated").to_numpy() + 0.05 * (score - 10)) * rng.gamma(1.2, 1 / 1.2, n)
    return pl.DataFrame({"group": arm, "events": rng.poisson(rate * years), "patient_years": years, "sledai_2k": score})


@cache
def recurrent(n: int) -> pl.DataFrame:
    """``subject, time, event, arm``: flares, and death or the end of observation as the last row."""
    rng = np.random.default_rng(SEED)
    last, dies, counts = rng.uniform(100, 700, n), rng.random(n) < 0.2, rng.poisson(1.5, n)
    arm = rng.choice(ARMS, n)
    who = np.repeat(np.arange(n), counts)
    seen = pl.DataFrame({"subject": who, "time": rng.random(who.size) * last[who], "event": "flare", "arm": arm[who]})
    ends = pl.DataFrame({"subject": np.arange(n), "time": last, "event": np.where(dies, "death", ""), "arm": arm})
    return pl.concat([seen, ends.with_columns(pl.col("event").replace({"": None}))])


@cache
def responses(n: int) -> pl.DataFrame:
    """``arm, outcome, randomized, stratum, sledai_2k`` and a day of death or data cut: one row a patient."""
    rng = np.random.default_rng(SEED)
    score, arm = rng.normal(10, 4, n), rng.choice(ARMS, n)
    chance = 1 / (1 + np.exp(-(0.6 * (arm == "treated") + 0.05 * (score - 10))))
    rows = {"arm": arm, "outcome": rng.random(n) < chance, "randomized": True, "sledai_2k": score.round()}
    died = rng.random(n) < 0.1
    days = np.where(died, rng.integers(1, 365, n), 365)
    return pl.DataFrame({**rows, "stratum": rng.choice(["III", "IV", "V", "other"], n), "days": days, "died": died})


@cache
def pairs(n: int) -> pl.DataFrame:
    """``before, after`` of one series, without ties."""
    rng = np.random.default_rng(SEED)
    before = rng.normal(14, 4, n)
    return pl.DataFrame({"before": before, "after": before - rng.normal(3, 4, n)})


@cache
def entries(n: int, visits: int = 8) -> pl.DataFrame:
    """``subject, day, eligible, treated_from, last_day, relapse``: visits at which a patient may enter a trial."""
    rng = np.random.default_rng(SEED)
    start = np.where(rng.random(n) < 0.4, rng.integers(30, 600, n), -1)
    fixed = pl.DataFrame(
        {
            "subject": np.arange(n),
            "treated_from": start,
            "last_day": rng.integers(700, 1000, n),
            "relapse": rng.random(n) < 0.4,
        }
    ).with_columns(pl.when(pl.col("treated_from") >= 0).then("treated_from").alias("treated_from"))
    rows = pl.DataFrame({"subject": np.repeat(np.arange(n), visits), "day": np.tile(90 * np.arange(visits), n)})
    return rows.with_columns(eligible=pl.Series(rng.random(n * visits) < 0.6)).join(fixed, on="subject")
