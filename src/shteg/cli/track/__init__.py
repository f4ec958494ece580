"""The commands of the tracker: `shteg track add`, `shteg track list`."""
