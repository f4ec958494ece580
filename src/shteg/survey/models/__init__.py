"""Regression of survey answers."""
