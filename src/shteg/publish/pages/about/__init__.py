"""Pages about the publication: words, search, imprint, press, formulas."""
