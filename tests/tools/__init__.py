"""Scripts of `tools/` that have more than one test."""
