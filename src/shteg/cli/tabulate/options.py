"""The options of `shteg tabulate`, in the groups in which they are explained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

NAMES = (
    "Items to tabulate (repeatable, or joined by commas). A name that holds a comma or a star is taken whole where it "
    "is a column; or put it in double quotes: '\"Age, in years\",sex'."
)
FORMATS = ("xlsx", "docx", "csv", "parquet", "html")


def _together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Put several options on a command, in their order."""

    def put(function: Command) -> Command:
        for option in reversed(options):
            function = option(function)
        return function

    return put


def what_options(function: Command) -> Command:
    """What is tabulated: items, groupings, and rows made of several answers."""
    return _together(
        click.option("--items", multiple=True, metavar="ITEM", help=NAMES),
        click.option("--means", multiple=True, metavar="ITEM", help="Numbers to give the mean of; as --items."),
        click.option("--by", multiple=True, metavar="VARIABLE", help="Grouping variable; as --items; a*b nests two."),
        click.option(
            "--net",
            "nets",
            multiple=True,
            metavar="TITLE=CODES",
            help='A row of several answers, for every item that has them: "Agree=4,5"; of one: "item:Agree=4,5".',
        ),
        click.option("--boxes", type=click.IntRange(1), help="Answers in the boxes at each end of a scale."),
        click.option(
            "--grid",
            "grids",
            multiple=True,
            metavar="NAME=ITEMS",
            help="Items with the same options as one table: Trust=police,courts.",
        ),
        click.option(
            "--percent",
            type=click.Choice(["column", "row", "total"]),
            default="column",
            show_default=True,
            help="Of what.",
        ),
        click.option(
            "--sort",
            type=click.Choice(["questionnaire", "size"]),
            default="questionnaire",
            show_default=True,
            help="Order of the answers.",
        ),
        click.option(
            "--bases",
            multiple=True,
            metavar="BASE",
            help="Rows below a table: n, weighted, effective, df; default: all.",
        ),
    )(function)


def comparison_options(function: Command) -> Command:
    """What is compared: columns, each with the rest, waves."""
    return _together(
        click.option(
            "--letters",
            type=click.Choice(["none", "bonferroni", "holm", "benjamini-hochberg"]),
            is_flag=False,
            flag_value="holm",
            help="Letters of columns that are significantly lower, and how many tests are allowed for.",
        ),
        click.option("--rest", is_flag=True, help="Mark columns that differ from all the others together."),
        click.option(
            "--changes",
            type=click.Choice(["previous", "first", "both"]),
            is_flag=False,
            flag_value="both",
            help="Compare each wave with the one before it, with the first, or with both (oldest wave first).",
        ),
        click.option("--same-psus", is_flag=True, help="The waves visited the same primary units (equal codes)."),
        click.option("--p-values", is_flag=True, help="Print the p values of all comparisons and of whole tables."),
        click.option("--level", type=float, default=0.95, show_default=True, help="Coverage of intervals."),
    )(function)


def output_options(function: Command) -> Command:
    """Where the tables go, and in which language."""
    path = click.Path(path_type=Path)
    return _together(
        click.option("--out", type=path, help="File, or folder with one file for each table."),
        click.option("--format", "form", type=click.Choice(FORMATS), help="Default: what the name of the file says."),
        click.option("--chart", type=path, help="Draw the tables too: a file named .svg, .png, .pdf or .html."),
        click.option("--language", help="Language of titles and labels; default: every one of the case."),
    )(function)


def data_options(function: Command) -> Command:
    """The design of a data file, and what may be shown."""
    types = ["JK1", "JK2", "BRR", "Fay", "bootstrap", "SDR"]
    lonely = ["fail", "remove", "adjust", "average", "certainty"]
    questionnaire = "Data file: questionnaire.toml, XLSForm or structure of LimeSurvey (.lss, .txt)."
    return _together(
        click.option("--stratum", help="Data file: column of the strata."),
        click.option("--psu", help="Data file: column of the primary sampling units."),
        click.option(
            "--weight", "weights", multiple=True, help="Column of the weights; repeat to set schemes side by side."
        ),
        click.option("--nest", is_flag=True, help="Data file: codes of PSUs repeat between strata."),
        click.option(
            "--replicates", metavar="PREFIX", help="Data file: what stands before the numbers of replicate weights."
        ),
        click.option("--replicate-type", type=click.Choice(types), help="How they were made (default: JK1)."),
        click.option("--lonely-psu", type=click.Choice(lonely), default="fail"),
        click.option("--questionnaire", type=click.Path(path_type=Path), help=questionnaire),
        click.option("--encoding", metavar="NAME", help="Data file: encoding of its texts, such as cp1250."),
        click.option("--minimum-base", type=click.IntRange(1), help="Fewest respondents of a column that is shown."),
        click.option("--forget", is_flag=True, help="Forget which tables were printed of these data before."),
    )(function)
