"""Small domains: multilevel logistic regression and post-stratification, beside the direct estimates."""

from shteg.survey.small_area.estimate import SmallDomains, estimate_small_domains

__all__ = ["SmallDomains", "estimate_small_domains"]
