"""`shteg weight`: weights from targets in a sheet."""
