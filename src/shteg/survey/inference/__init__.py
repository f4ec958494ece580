"""Estimates over domains, with standard errors and intervals, for every kind of design."""
