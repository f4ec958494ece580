"""A wave of a case: its file and design read and checked."""
