"""One file per figure: `draw_<name>(frame, ...)` returns a :class:`malar.reports.figure.Figure`."""
