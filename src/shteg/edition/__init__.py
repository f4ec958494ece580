"""The frozen result of one build: the only package that knows the order of the stages."""

from shteg.edition.build import Options, build_edition
from shteg.edition.folder import check_target, replace_folder
from shteg.edition.stage_table import STAGES
from shteg.edition.stages import Results, package_hash, run_stages

__all__ = [
    "STAGES",
    "Options",
    "Results",
    "build_edition",
    "check_target",
    "package_hash",
    "replace_folder",
    "run_stages",
]
