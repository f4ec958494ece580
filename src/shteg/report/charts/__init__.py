"""Chart specifications, made from the edition's tables."""
