"""The group `shteg`: finds commands by name, turns errors into a sentence and an exit code."""

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from shteg import __version__
from shteg.errors import ShtegError

COMMANDS = {
    "backtest": "How good the forecasts would have been: rolling origins, scored against base rates.",
    "build": "Evidence → edition → publication, in every language of the case.",
    "check": "Every problem in the case and in its language editions.",
    "coherence": "Do published survey figures fit each other and the population?",
    "forecast": "The path in the terminal: each step, by year, with intervals.",
    "new": "A case folder to start from.",
    "tabulate": "Toplines and banners of a survey wave, as a workbook, a page, CSV or Parquet.",
}

EXIT_FINDING, EXIT_BAD_INPUT, EXIT_BUG, EXIT_INTERRUPTED = 1, 2, 3, 130


class LazyGroup(click.Group):
    """Imports a command's module when the command is called: `shteg --help` loads none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give a command, or None with click's own message."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"shteg.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="shteg")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
@click.pass_context
def group(ctx: click.Context, debug: bool) -> None:
    """Turn the public evidence on a country's path into an organisation into a roadmap that anyone can check.

    Exit codes: 0 done, 1 something was found (check, coherence), 2 bad input, 3 a bug in shteg.
    """
    ctx.obj = {"debug": debug}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code; no error shows a traceback unless `--debug` is given."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = group.main(words, prog_name="shteg", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_BAD_INPUT)
    except ShtegError as error:
        click.echo(f"{error}", err=True)
        sys.exit(EXIT_BAD_INPUT)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. The last edition is as it was.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if "--debug" in words:
            raise
        click.echo(
            f"This is a bug in shteg: {type(error).__name__}: {error}\n"
            "Hint: run the same command as `shteg --debug …` and report what it prints",
            err=True,
        )
        sys.exit(EXIT_BUG)
    sys.exit(code if isinstance(code, int) else 0)
