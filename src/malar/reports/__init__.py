"""Figures, tables and self-contained pages: what a clinician reads at the end of the road."""
