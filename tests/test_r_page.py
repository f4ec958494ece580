"""The page that shows R beside shteg: every Python block runs, in order, in one session."""

import re
from pathlib import Path

import polars as pl

PAGE = Path(__file__).parent.parent / "docs" / "r-and-shteg.md"


def test_every_block_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 20
    session: dict[str, object] = {}
    for number, block in enumerate(blocks, 1):
        exec(compile(block, f"{PAGE.name}, block {number}", "exec"), session)  # noqa: S102 - our own page
    assert isinstance(session["wave"], pl.DataFrame)


def test_every_task_has_both_sides() -> None:
    text = PAGE.read_text(encoding="utf-8")
    tasks = re.split(r"^## \d+ ", text, flags=re.MULTILINE)[1:]
    assert len(tasks) >= 20
    for task in tasks:
        assert "```r\n" in task, task.splitlines()[0]
        assert "```python\n" in task or "```console\n" in task, task.splitlines()[0]


def test_results_show_as_tables_in_a_notebook() -> None:
    from shteg.survey import Design, estimate_means, linear_regression

    rows = pl.DataFrame({"psu": list("aabbccdd"), "x": [1.0, 2, 3, 4, 5, 6, 7, 9], "y": [1.0, 3, 2, 5, 4, 6, 8, 7]})
    design = Design.from_frame(rows, psu="psu")
    for result in (estimate_means(design, "y"), linear_regression(design, "y", ["x"])):
        assert "<table" in result._repr_html_()
