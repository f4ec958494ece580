"""Facts of a case that cannot be true together."""
