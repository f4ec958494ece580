"""The sampling design of a wave: strata, units, stages, replicates, and the variance they imply."""
