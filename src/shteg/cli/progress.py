"""Progress bars on the terminal's error stream, and nothing where there is no terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from shteg.cli.reader import speak
from shteg.edition.stages import Progress as StageProgress


@contextmanager
def progress_bars(*, quiet: bool) -> Iterator[StageProgress]:
    """Give a callable `(stage, done, total)` that draws one bar per stage while the block runs."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda stage, done, total: None
        return
    bars = Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<16}"),
        BarColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )
    tasks: dict[str, TaskID] = {}

    def tell(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(speak(stage), total=total)
        bars.update(tasks[stage], completed=done, total=total)

    with bars:
        yield tell
