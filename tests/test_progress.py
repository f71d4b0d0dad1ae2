"""Progress on the error stream: slow work is told, quick work leaves no trace."""

from __future__ import annotations

import itertools

import pytest

from malar import progress


def run(monkeypatch: pytest.MonkeyPatch, seconds: float, *, screen: bool) -> None:
    clock = itertools.count(0, seconds)
    monkeypatch.setattr(progress.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: screen, raising=False)
    with progress.stage("Scoring"):
        pass


@pytest.mark.parametrize(
    ("seconds", "screen", "said"),
    [
        (0.2, False, ""),
        (2.5, False, "Scoring: 2.5 s\n"),
        (0.2, True, "Scoring …\r\033[K"),
        (2.5, True, "Scoring …\r\033[KScoring: 2.5 s\n"),
    ],
)
def test_a_stage_tells_what_takes_over_a_second(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seconds: float, screen: bool, said: str
) -> None:
    run(monkeypatch, seconds, screen=screen)
    assert capsys.readouterr().err == said


def test_the_clock_stops_where_the_work_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = itertools.count(0, 3)
    monkeypatch.setattr(progress.time, "perf_counter", lambda: next(clock))
    with pytest.raises(ZeroDivisionError), progress.stage("Scoring"):
        raise ZeroDivisionError
    assert "Scoring: 3.0 s" in capsys.readouterr().err
