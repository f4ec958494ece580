"""The commands of the ledger: `shteg register`, `reconstruct`, `resolve`, `score`."""
