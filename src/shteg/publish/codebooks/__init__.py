"""Codebooks of surveys: what a data file holds, as DDI-Codebook, page and blocks for a Word file."""
