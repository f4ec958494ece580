"""`shteg forecast`."""
