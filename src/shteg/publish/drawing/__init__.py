"""Drawings: charts and maps as SVG."""
