"""`shteg completion`: the script that lets a shell complete commands, options, cases, waves and scenarios."""

import os
from pathlib import Path

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from shteg.errors import UsageError
from shteg.keeping import whole_file

SHELLS = ("bash", "zsh", "fish", "powershell")
_POWERSHELL = r"""# Completion of shteg in PowerShell; click writes the proposals.
# Where it has none, PowerShell proposes files.
Register-ArgumentCompleter -Native -CommandName shteg -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $env:_SHTEG_COMPLETE = "bash_complete"
    $env:COMP_WORDS = $commandAst.ToString()
    $words = $commandAst.CommandElements.Count
    if ($wordToComplete -eq "") { $env:COMP_CWORD = $words } else { $env:COMP_CWORD = $words - 1 }
    try {
        shteg | ForEach-Object {
            $kind, $value = $_ -split ",", 2
            if ($kind -eq "plain") {
                $typed = if ($value -match "[^\w./:@+=-]") { "'" + $value.Replace("'", "''") + "'" } else { $value }
                [System.Management.Automation.CompletionResult]::new($typed, $value, "ParameterValue", $value)
            }
        }
    } finally {
        Remove-Item Env:_SHTEG_COMPLETE, Env:COMP_WORDS, Env:COMP_CWORD
    }
}
"""
_CLASSES = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
PLACES = {
    "bash": "~/.local/share/bash-completion/completions/shteg",
    "zsh": "~/.zfunc/_shteg",
    "fish": "~/.config/fish/completions/shteg.fish",
}
"""Where each shell looks by itself."""


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.option("--install", is_flag=True, help="Write it to where the shell looks, instead of printing it.")
def command(shell: str, install: bool) -> None:
    """Print the completion script for SHELL, or install it.

    Commands, options, names of shipped cases, waves and scenarios are completed.
    """
    script = completion_script(shell)
    if not install:
        click.echo(script)
        return
    if shell not in PLACES:
        hint = "add it to your profile: shteg completion powershell >> $PROFILE"
        raise UsageError(f"{shell} has no folder for completions", hint, "--install")
    place = Path(os.path.expanduser(PLACES[shell]))
    place.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(place) as work:
        work.write_text(script, encoding="utf-8", newline="\n")
    click.echo(f"Installed in {place}\nOpen a new terminal, then type `shteg ` and press Tab{_more(shell)}")


def completion_script(shell: str) -> str:
    """Give the script of a shell, one of SHELLS."""
    if shell == "powershell":
        return _POWERSHELL
    from shteg.cli.app import group

    return _CLASSES[shell](group, {}, "shteg", "_SHTEG_COMPLETE").source()


def _more(shell: str) -> str:
    if shell != "zsh":
        return ""
    return "\nOnce, in ~/.zshrc, before compinit: fpath=(~/.zfunc $fpath); autoload -U compinit && compinit"
