"""Estimates of a case's waves and trends, as tables and values."""
