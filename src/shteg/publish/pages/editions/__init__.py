"""Pages that tell this edition from others: what changed, which editions there are, what was wrong in them."""
