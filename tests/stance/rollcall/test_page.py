"""The example of the method page runs."""

import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[3] / "docs" / "methods" / "rollcall.md"


def test_the_example_runs() -> None:
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert code
    names: dict[str, Any] = {}
    exec(compile(code[1], str(PAGE), "exec"), names)  # noqa: S102
    assert names["made"].frame.columns == ["actor", "theta", "sd", "low", "high", "r_hat"]
    assert names["made"].method == "gibbs"
