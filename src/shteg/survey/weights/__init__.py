"""Weights: calibration, raking, post-stratification, non-response, trimming, and what they cost."""
