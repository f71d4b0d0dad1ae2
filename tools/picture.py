"""A page with two figures of the bundled study, for the picture in the README: python tools/picture.py OUT.html."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from malar import read_study
from malar.example import example_path
from malar.reports.analysis import analyze
from malar.reports.page import Report, render
from malar.reports.sections_outcome import course_section, denominators_section


def main() -> None:
    """Write the page."""
    analysis = analyze(read_study(example_path()))
    since = "the first infusion"
    course = course_section(analysis, since)
    chosen = [
        replace(course, figures=course.figures[:1], intro=()),
        denominators_section(analysis, since),
    ]
    sections = tuple(replace(section, tables=(), intro=()) for section in chosen if section is not None)
    settings = analysis.study.settings
    page = Report(settings.title, "Two figures of the report", settings.mark, (), sections)
    out = Path(sys.argv[1])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(render(page), encoding="utf-8")


if __name__ == "__main__":
    main()
