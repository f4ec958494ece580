"""`shteg tabulate`."""
