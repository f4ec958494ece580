"""The simulator: one compiled pass over worlds, and what builds its arrays."""
