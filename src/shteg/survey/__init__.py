"""What people want: design-based estimates from waves, trends and coherence of published figures."""

from shteg.survey.coherence.examine import check_coherence, examine_coherence
from shteg.survey.coherence.findings import CoherenceReport, Finding
from shteg.survey.designs.conversion import as_replicates, read_replicates
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.hypotheses.pearson_tests import rao_scott_test
from shteg.survey.hypotheses.rank_tests import rank_test, t_test
from shteg.survey.inference.contrasts import contrast
from shteg.survey.inference.correlations import Correlations, estimate_correlations
from shteg.survey.inference.estimates import Estimates
from shteg.survey.inference.estimation import (
    estimate_means,
    estimate_proportions,
    estimate_ratios,
    estimate_totals,
    estimate_variances,
)
from shteg.survey.inference.intervals import DesignTest, share_interval
from shteg.survey.inference.linear import Linear, covariance, estimate_with, replicate_covariance
from shteg.survey.inference.quantiles import estimate_quantiles
from shteg.survey.large_files.chunks import FileSample
from shteg.survey.models.categorical import multinomial_regression, ordinal_regression
from shteg.survey.models.categorical_fit import CategoricalFit
from shteg.survey.models.formula import regression
from shteg.survey.models.regression import linear_regression, logistic_regression, poisson_regression
from shteg.survey.models.regression_fit import RegressionFit
from shteg.survey.readers import Responses, read_questionnaire, read_responses, read_xlsform
from shteg.survey.small_area import SmallDomains, estimate_small_domains
from shteg.survey.sources import open_sample
from shteg.survey.stage import estimate_opinion
from shteg.survey.tables import tabulate
from shteg.survey.waves.read_wave import read_wave
from shteg.survey.weights.calibration import calibrate, post_stratify, rake
from shteg.survey.weights.nonresponse import adjust_nonresponse
from shteg.survey.weights.trimming import trim_weights
from shteg.survey.weights.weight_diagnostics import weight_diagnostics

__all__ = [
    "CategoricalFit",
    "CoherenceReport",
    "Correlations",
    "Design",
    "DesignTest",
    "Estimates",
    "FileSample",
    "Finding",
    "Linear",
    "RegressionFit",
    "ReplicateDesign",
    "Responses",
    "SmallDomains",
    "adjust_nonresponse",
    "as_replicates",
    "calibrate",
    "check_coherence",
    "contrast",
    "covariance",
    "estimate_correlations",
    "estimate_means",
    "estimate_opinion",
    "estimate_proportions",
    "estimate_quantiles",
    "estimate_ratios",
    "estimate_small_domains",
    "estimate_totals",
    "estimate_variances",
    "estimate_with",
    "examine_coherence",
    "linear_regression",
    "logistic_regression",
    "multinomial_regression",
    "open_sample",
    "ordinal_regression",
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
    "regression",
    "replicate_covariance",
    "share_interval",
    "t_test",
    "tabulate",
    "trim_weights",
    "weight_diagnostics",
]
