"""The page of switches, and the scripts that it works with."""
