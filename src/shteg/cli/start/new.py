"""`shteg new`: a case folder to start from, out of five answers, or a copy of the shipped example."""

from datetime import date, datetime
from pathlib import Path

import click

from shteg.cli.start.answers import begun_from
from shteg.cli.start.example_survey import write_example_survey
from shteg.cli.start.questions import Answers, ask, somebody_is_there
from shteg.errors import UsageError
from shteg.evidence import new_case
from shteg.evidence.beginning import begin_case
from shteg.evidence.find_case import require_free


@click.command("new")
@click.argument("name", required=False)
@click.option("--in", "parent", type=click.Path(path_type=Path), default=Path(), help="The folder to make it in.")
@click.option("--organisation", help="An organisation of the list (id or name), or the name of another one.")
@click.option("--aspirant", metavar="COUNTRY", help="The country that wants to join: its code or its name.")
@click.option("--members", metavar="LIST", help="An organisation of the list, a CSV file, or countries: ALB,BEL.")
@click.option("--languages", metavar="CODES", help="Languages of the case, such as en or en,sq.")
@click.option("--survey", metavar="FILE", help="Start from a survey: Excel, SPSS, Stata, CSV or Parquet.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day of the case; default: today.")
@click.option("--minimal", is_flag=True, help="The smallest set of files: no empty tables, no notes.")
@click.option("--example", is_flag=True, help="A copy of the made-up example instead, with every kind of file.")
@click.option(
    "--example-survey",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a made-up survey as an Excel file, and no case.",
)
def command(
    name: str | None,
    parent: Path,
    organisation: str | None,
    aspirant: str | None,
    members: str | None,
    languages: str | None,
    survey: str | None,
    as_of: datetime | None,
    minimal: bool,
    example: bool,
    example_survey: Path | None,
) -> None:
    """Make a commented case folder called NAME that checks and builds at once.

    A person at the terminal is asked for what no option says: the organisation, the country, the members, the
    languages, a survey to start from. What is left open is a placeholder, labelled as such on every page.
    """
    answers: Answers = {
        "organisation": organisation,
        "aspirant": aspirant,
        "members": members,
        "languages": languages,
        "survey": survey,
    }
    if example_survey is not None:
        _refuse_with("--example-survey", answers, minimal or example or name is not None)
        _write_survey(example_survey)
        return
    if name is None:
        raise UsageError("the case has no name", "write for example `shteg new mycase`")
    if example:
        _refuse_with("--example", answers, minimal)
        folder = new_case(name, parent / name)
        click.echo(
            f"A copy of the made-up example lies in {folder}\nNext: edit case.toml, then run `shteg check {folder}`"
        )
        return
    folder = parent / name
    require_free(name, folder)
    if somebody_is_there() and any(one is None for one in answers.values()):
        answers = ask(answers)
    _begin(name, folder, answers, as_of.date() if as_of else date.today(), minimal)  # noqa: DTZ011 - the reader's day


def _refuse_with(option: str, answers: Answers, others: bool) -> None:
    if others or any(one is not None for one in answers.values()):
        raise UsageError(f"{option} does not go with the other options", "leave them out", option)


def _begin(name: str, folder: Path, answers: Answers, as_of: date, minimal: bool) -> None:
    beginning = begun_from(
        name,
        organisation=answers["organisation"],
        aspirant=answers["aspirant"],
        members=answers["members"],
        languages=answers["languages"],
        as_of=as_of,
        minimal=minimal,
    )
    survey = answers["survey"]
    if survey is None:
        begin_case(beginning, folder)
    else:
        from shteg.cli.start.survey import add_survey, read_survey

        file, responses = read_survey(survey)
        begin_case(beginning, folder, lambda draft: add_survey(draft, file, responses, beginning))
    click.echo(f"A case to start from lies in {folder}")
    if survey is not None:
        click.echo(f"The survey lies in {folder / 'surveys'}: complete its questionnaire.toml and methodology.toml")
    open_ = [key for key in ("organisation", "aspirant") if answers[key] is None]
    if open_:
        click.echo(f"Still open, and marked on its pages: {', '.join(open_)}")
    click.echo(f"Next: `shteg build {folder}`; then edit the files, those marked EDIT ME first")


def _write_survey(path: Path) -> None:
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path.name} is no name of an Excel workbook", "let it end in .xlsx", "--example-survey")
    if path.exists():
        raise UsageError(f"{path} exists already", "choose another name: nothing is overwritten", "--example-survey")
    rows = write_example_survey(path)
    click.echo(f"A made-up survey of {rows} persons lies in {path}")
