"""Bring records of other shapes into a study: folders of CSV files, GEO and ArrayExpress sample tables."""

from malar.importers.shipped import shipped_mappings

__all__ = ["shipped_mappings"]
