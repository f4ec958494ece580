"""Coherence of published figures: can they be true together, and of this population? One module a family of checks."""
