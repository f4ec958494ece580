"""What people want: design-based estimates from waves, trends and coherence of published figures."""

from shteg.survey.calibration import calibrate, rake
from shteg.survey.coherence import CoherenceReport, Finding, check_coherence, examine_coherence
from shteg.survey.design import Design
from shteg.survey.design_test import DesignTest
from shteg.survey.estimation import Estimates, estimate_means, estimate_proportions, estimate_totals
from shteg.survey.nonresponse import adjust_nonresponse
from shteg.survey.opinion import estimate_opinion
from shteg.survey.pearson_tests import rao_scott_test
from shteg.survey.poststratify import post_stratify
from shteg.survey.rank_tests import rank_test
from shteg.survey.read_wave import read_wave
from shteg.survey.readers import Responses, read_questionnaire, read_responses, read_xlsform
from shteg.survey.regression import RegressionFit, linear_regression, logistic_regression, poisson_regression
from shteg.survey.small_area import SmallDomains, estimate_small_domains
from shteg.survey.t_tests import t_test
from shteg.survey.tables import tabulate
from shteg.survey.trimming import trim_weights
from shteg.survey.weight_diagnostics import weight_diagnostics

__all__ = [
    "CoherenceReport",
    "Design",
    "DesignTest",
    "Estimates",
    "Finding",
    "RegressionFit",
    "Responses",
    "SmallDomains",
    "adjust_nonresponse",
    "calibrate",
    "check_coherence",
    "estimate_means",
    "estimate_opinion",
    "estimate_proportions",
    "estimate_small_domains",
    "estimate_totals",
    "examine_coherence",
    "linear_regression",
    "logistic_regression",
    "poisson_regression",
    "post_stratify",
    "rake",
    "rank_test",
    "rao_scott_test",
    "read_questionnaire",
    "read_responses",
    "read_wave",
    "read_xlsform",
    "t_test",
    "tabulate",
    "trim_weights",
    "weight_diagnostics",
]
