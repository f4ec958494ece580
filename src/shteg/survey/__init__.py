"""What people want: design-based estimates from waves, trends and coherence of published figures."""

from shteg.survey.coherence import CoherenceReport, Finding, check_coherence, examine_coherence
from shteg.survey.designs.conversion import as_replicates, read_replicates
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.hypotheses.pearson_tests import rao_scott_test
from shteg.survey.hypotheses.rank_tests import rank_test
from shteg.survey.hypotheses.t_tests import t_test
from shteg.survey.inference.estimation import Estimates, estimate_means, estimate_proportions, estimate_totals
from shteg.survey.inference.estimators import (
    ciprop,
    contrast,
    design_effect,
    estimate_ratios,
    estimate_variances,
    fit_means,
    fit_proportions,
    fit_totals,
)
from shteg.survey.inference.linear import Fit, Linear, covariance, estimate_with, replicate_covariance
from shteg.survey.inference.p_values import DesignTest
from shteg.survey.inference.quantiles import estimate_quantiles
from shteg.survey.inference.share_intervals import share_interval
from shteg.survey.large_files.estimate import estimate_proportions_file, estimate_totals_file
from shteg.survey.models.regression import linear_regression, logistic_regression, poisson_regression
from shteg.survey.models.regression_fit import RegressionFit
from shteg.survey.readers import Responses, read_questionnaire, read_responses, read_xlsform
from shteg.survey.small_area import SmallDomains, estimate_small_domains
from shteg.survey.stage import estimate_opinion
from shteg.survey.tables import tabulate
from shteg.survey.waves.read_wave import read_wave
from shteg.survey.weights.calibration import calibrate, rake
from shteg.survey.weights.nonresponse import adjust_nonresponse
from shteg.survey.weights.poststratify import post_stratify
from shteg.survey.weights.trimming import trim_weights
from shteg.survey.weights.weight_diagnostics import weight_diagnostics

__all__ = [
    "CoherenceReport",
    "Design",
    "DesignTest",
    "Estimates",
    "Finding",
    "Fit",
    "Linear",
    "RegressionFit",
    "ReplicateDesign",
    "Responses",
    "SmallDomains",
    "adjust_nonresponse",
    "as_replicates",
    "calibrate",
    "check_coherence",
    "ciprop",
    "contrast",
    "covariance",
    "design_effect",
    "estimate_means",
    "estimate_opinion",
    "estimate_proportions",
    "estimate_proportions_file",
    "estimate_quantiles",
    "estimate_ratios",
    "estimate_small_domains",
    "estimate_totals",
    "estimate_totals_file",
    "estimate_variances",
    "estimate_with",
    "examine_coherence",
    "fit_means",
    "fit_proportions",
    "fit_totals",
    "linear_regression",
    "logistic_regression",
    "poisson_regression",
    "post_stratify",
    "rake",
    "rank_test",
    "rao_scott_test",
    "read_questionnaire",
    "read_replicates",
    "read_responses",
    "read_wave",
    "read_xlsform",
    "replicate_covariance",
    "share_interval",
    "t_test",
    "tabulate",
    "trim_weights",
    "weight_diagnostics",
]
