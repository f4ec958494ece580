"""Design-based tests of hypotheses."""
