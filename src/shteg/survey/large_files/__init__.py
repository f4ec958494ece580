"""Estimates from files that do not fit into memory."""
