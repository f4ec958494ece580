"""Every public function with three or more arguments says what each is, what it gives back and what it raises."""

import ast
from collections import defaultdict

import pytest
from tools.docstrings import LIST, ROOT, SOURCE, lacking, offenders


def test_no_new_function_lacks_a_part_and_no_mended_one_stays_listed() -> None:
    waiting = set(LIST.read_text(encoding="utf-8").split())
    found = {one.key: one for one in offenders(SOURCE)}
    fresh = defaultdict(list)
    for key in found.keys() - waiting:
        fresh[found[key].path.parent.relative_to(ROOT).as_posix()].append(str(found[key]))
    told = [f"{folder} ({len(lines)})\n" + "\n".join(sorted(lines)) for folder, lines in sorted(fresh.items())]
    assert not told, "\n".join(told)
    assert sorted(waiting - found.keys()) == [], f"complete by now: take them out of {LIST.name}"


WHOLE = '''
def mean(values: list[float], weights: list[float], *names: str, floor: float = 0.0) -> float:
    """Average.

    Parameters
    ----------
    values, weights : (n,) float
        Answers and persons.
    *names : str
    floor : float, >= 0

    Returns
    -------
    float
        The mean.

    Raises
    ------
    UsageError
        Nothing to average.
    """
    if not values:
        raise UsageError("nothing")
    return 0.0
'''


def told(source: str) -> tuple[str, ...]:
    """Give what the first function of a text lacks."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    return lacking(function, method=False)


def test_a_whole_docstring_passes() -> None:
    assert told(WHOLE) == ()


@pytest.mark.parametrize(
    ("old", "new", "lack"),
    [
        ("    floor : float, >= 0\n", "", "Parameters lack `floor`"),
        ("*names : str", "names : str", "Parameters name `names`, which is no argument"),
        ("values, weights :", "weights, values :", "another order than (values, weights)"),
        ("floor : float, >= 0", "floor", "no type, shape or unit for `floor`"),
        ("Returns", "Gives", "no section Returns"),
        ("    UsageError\n", "    ModelError\n", "Raises does not name UsageError"),
        ('raise UsageError("nothing")', "raise mistake", ""),
        ("Parameters", "Arguments", "no section Parameters"),
    ],
)
def test_what_lacks_is_said(old: str, new: str, lack: str) -> None:
    assert lack in "; ".join(told(WHOLE.replace(old, new, 1)))


def test_small_functions_need_no_sections_but_a_wrong_one_is_told() -> None:
    head = 'def mean(values: list[float]) -> float:\n    """Average.'
    assert told(f'{head}"""\n    return 0.0\n') == ()
    assert told(f'{head}\n\n    Parameters\n    ----------\n    x : float\n    """\n') == (
        "Parameters lack `values`",
        "Parameters name `x`, which is no argument",
    )
