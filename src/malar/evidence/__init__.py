"""Published studies of cell therapy in lupus as data: what is reported, how it was read, and what it can bear."""

from malar.evidence.library import Evidence, read_evidence
from malar.evidence.published_figure import PublishedFigure
from malar.evidence.study import Study
from malar.evidence.verification import Verification

__all__ = ["Evidence", "PublishedFigure", "Study", "Verification", "read_evidence"]
