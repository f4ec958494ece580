"""Survey waves of a case: reading their folders, and checks of designs, answers and published figures."""

from collections.abc import Iterator, Mapping

from shteg.errors import Problem
from shteg.evidence.files.csv_scan import read_header
from shteg.evidence.files.data_address import data_name, is_address, read_address
from shteg.evidence.files.draft import Draft, texts_in
from shteg.evidence.files.explain_invalid import suggest
from shteg.evidence.files.folder import CaseFolder, is_inside
from shteg.evidence.files.toml_positions import Path
from shteg.evidence.records.base import is_file_name, is_id
from shteg.evidence.records.files import ALLOWED, FILES, WAVE_FILES
from shteg.evidence.records.surveys import PopulationMargin, WaveTargets, WaveWeights

_POPULATION = "surveys/population.csv"
_HEADER_LIMIT = 2**20


def read_waves(draft: Draft) -> None:
    """Read every folder under surveys/ into the draft; the data are hashed, and read by the survey stage."""
    folder = draft.folder
    if not folder.exists("surveys") or not folder.is_folder("surveys", "surveys stand in surveys/"):
        return
    known = [spec.path.removeprefix("surveys/") for spec in FILES if spec.path.startswith("surveys/")]
    waves = []
    for name in folder.names("surveys"):
        path = f"surveys/{name}"
        if name in known or name in ALLOWED:
            continue
        hint = suggest(name, known, "a wave of microdata has its own folder, for example surveys/2025/")
        if folder.is_folder(path, hint) and is_id(name):
            waves.append(name)
        if is_id(name) and not is_file_name(name):
            hint = "choose another: Windows keeps this one for a device"
            folder.report(path, 0, 0, f"`{name}` cannot name a wave", hint)
        elif not is_id(name):
            folder.report(path, 0, 0, f"`{name}` cannot name a wave", "use letters, digits, '-' and '_'")
    draft.waves = tuple(waves)
    for wave in waves:
        _read_wave(draft, wave)


def _read_wave(draft: Draft, wave: str) -> None:
    folder, base = draft.folder, f"surveys/{wave}"
    own = [spec.path.rsplit("/", 1)[1] for spec in WAVE_FILES]
    for spec in WAVE_FILES:
        name = spec.path.replace("<wave>", wave)
        if not folder.exists(name):
            folder.report(name, 0, 0, "the file is missing", "every wave has one; see cases/demo for an example")
        else:
            draft.read_toml(name, spec.record)
    data = draft.raw(f"{base}/design.toml", "data")
    if isinstance(data, str) and data:
        _hash_data(draft, base, data, own)
    for name in folder.names(base):
        if name not in own and name not in ALLOWED and isinstance(data, str) and name != data_name(data):
            hint = suggest(name, own, "remove it, or name it as `data` in design.toml")
            folder.report(f"{base}/{name}", 0, 0, "this is not a file of a wave", hint)


def _hash_data(draft: Draft, base: str, data: str, own: list[str]) -> None:
    """Hash the data of a wave: a file, a database, or a folder of Parquet files."""
    folder, name = draft.folder, data_name(data)
    if is_address(data) and read_address(data).in_memory:
        problem, hint = "a database in memory is no file", "name a .duckdb file that lies beside design.toml"
    elif not is_inside(name) or "/" in name or not name:
        problem, hint = f"`{data}` is not a file name", "name a file that lies beside design.toml"
    elif not folder.exists(f"{base}/{name}"):
        hint = suggest(name, [one for one in folder.names(base) if one not in own], "add the data file")
        problem = f"the data file `{name}` does not exist"
    elif (folder.root / base / name).is_dir():
        _hash_folder(folder, f"{base}/{name}")
        return
    else:
        folder.read_hash(f"{base}/{name}")
        return
    folder.problems.append(draft.at_key(f"{base}/design.toml", ("data",), problem, hint))


def _hash_folder(folder: CaseFolder, base: str) -> None:
    """Hash every file of a folder of Parquet files; what its reader passes over (`_SUCCESS`) is passed over here."""
    if not folder.is_folder(base, "put the folder itself into the case"):
        return
    for name in folder.names(base):
        path = f"{base}/{name}"
        if name.startswith("_"):
            continue
        if (folder.root / path).is_symlink():
            folder.report(path, 0, 0, "this is a link", "put the file itself into the case")
        elif (folder.root / path).is_dir():
            _hash_folder(folder, path)
        elif name.lower().endswith(".parquet"):
            folder.read_hash(path)
        else:
            folder.report(path, 0, 0, "this is no Parquet file", "a folder of a wave holds Parquet files: move it out")


def check_columns(draft: Draft) -> Iterator[Problem]:
    """Find columns that a design or a questionnaire names and a CSV data file does not have."""
    for wave in draft.waves:
        base = f"surveys/{wave}"
        design, asked = f"{base}/design.toml", f"{base}/questionnaire.toml"
        data = draft.raw(design, "data")
        header = _data_header(draft, f"{base}/{data}") if isinstance(data, str) else None
        if header is None:
            continue
        for key in ("stratum", "psu", "weight"):
            column = draft.raw(design, key)
            if isinstance(column, str) and column not in header:
                hint = suggest(column, header, "correct the name")
                yield draft.at_key(design, (key,), f"{data} has no column `{column}`", hint)
        for file, table in ((design, "domains"), (asked, "items")):
            for column in draft.keys_of(file, table) or ():
                if column in header or (file == asked and _is_set(draft, file, column, header)):
                    continue
                if not _may_be_called(column, header):
                    hint = suggest(column, header, "correct the name")
                    yield draft.at_key(file, (table, column), f"{data} has no column `{column}`", hint)


def _may_be_called(column: str, header: tuple[str, ...]) -> bool:
    """Tell whether a heading may stand for a question as a field tool writes it: with groups, a code in front, a label.

    Which it is, and whether it is, the reader of the survey tells (`survey/readers/field/`).
    """
    return any(
        not is_id(heading)
        or heading.endswith(tuple(f"{mark}{column}" for mark in "-."))
        or heading.startswith(tuple(f"{column}{mark}" for mark in "-._"))
        for heading in header
    )


def check_weights(draft: Draft) -> Iterator[Problem]:
    """Find weights of waves that have no targets, or two kinds of them, and variables that a scheme does not count."""
    for wave in draft.waves:
        file = f"surveys/{wave}/design.toml"
        told = draft.raw(file, "weights")
        if not isinstance(told, dict):
            continue
        if ("targets" in told) == ("scheme" in told):
            problem = "the weights have targets twice" if "targets" in told else "the weights have no targets"
            yield draft.at_key(file, ("weights",), problem, "give either `targets` or `scheme`")
        elif "targets" in told and "source" not in told:
            hint = "name the source of the targets: an id in sources.toml"
            yield draft.at_key(file, ("weights", "targets"), "`source` is missing", hint)
        elif "scheme" in told:
            yield from _counted(draft, file, told)


def _counted(draft: Draft, file: str, told: Mapping[str, object]) -> Iterator[Problem]:
    scheme, asked = told["scheme"], told.get("variables", ())
    rows = draft.records_of(_POPULATION, PopulationMargin)
    there = list(dict.fromkeys(one.variable for _, one in rows if one.scheme == scheme))
    if not there:
        hint = "count it in surveys/population.csv, or give `targets`"
        yield draft.at_key(file, ("weights", "scheme"), f"nothing is counted under `{scheme}`", hint)
    for place, variable in enumerate(asked if there and isinstance(asked, list) else ()):
        if variable not in there:
            problem = f"`{scheme}` does not count by `{variable}`"
            yield draft.at_key(
                file, ("weights", "variables", place), problem, suggest(str(variable), there, "leave it out")
            )


def read_targets(draft: Draft, wave: str, told: WaveWeights) -> WaveTargets:
    """Give the targets of a wave whose weights have no problem: those of its design, or the counts of its scheme.

    Parameters
    ----------
    draft : Draft
        The case.
    wave : str
        Id of the wave.
    told : WaveWeights
        What its design says of weights.

    Returns
    -------
    WaveTargets
        With the place of each.
    """
    if told.targets is not None:
        file = f"surveys/{wave}/design.toml"
        keys = [(name, code) for name, codes in told.targets.items() for code in codes]
        places = {key: draft.tomls[file].place(("weights", "targets", *key)) for key in keys}
        return WaveTargets(file=file, numbers=told.targets, places=places)
    numbers: dict[str, dict[str, float]] = {}
    lines: dict[tuple[str, str], tuple[int, int]] = {}
    for row, one in draft.records_of(_POPULATION, PopulationMargin):
        if one.scheme == told.scheme and (not told.variables or one.variable in told.variables):
            numbers.setdefault(one.variable, {})[one.category] = one.count
            lines[one.variable, one.category] = (row.line, 0)
    return WaveTargets(file=_POPULATION, numbers=numbers, places=lines)


def _is_set(draft: Draft, file: str, item: str, header: tuple[str, ...]) -> bool:
    """Tell whether an item with several answers has one column for each of its options."""
    options = draft.raw(file, "items", item, "options")
    if draft.raw(file, "items", item, "multiple") is not True or not isinstance(options, dict):
        return False
    missing = draft.raw(file, "items", item, "missing")
    codes = [code for code in options if code not in (missing if isinstance(missing, list) else ())]
    return any(all(f"{item}{mark}{code}" in header for code in codes) for mark in "/._")


def _data_header(draft: Draft, path: str) -> tuple[str, ...] | None:
    """Give the columns of a CSV data file that may be read; None of another kind of file."""
    if not path.endswith(".csv") or path not in draft.folder.hashes:
        return None
    with (draft.folder.root / path).open("rb") as file:
        first = file.read(_HEADER_LIMIT)
    encoding = draft.raw(f"{path.rpartition('/')[0]}/design.toml", "encoding")
    header = read_header(first, encoding if isinstance(encoding, str) else "utf-8")
    if header is None:
        hint = "save the file as “CSV UTF-8”, or name its encoding in design.toml"
        draft.folder.report(path, 1, 1, "the header cannot be read", hint)
    return header


def check_answers(draft: Draft) -> Iterator[Problem]:
    """Find answers and scores of an item that are none of its options, or that count and do not count."""
    for wave in draft.waves:
        file = f"surveys/{wave}/questionnaire.toml"
        for path, item in draft.tables_of(file, "items"):
            options = item.get("options")
            if not isinstance(options, dict):
                continue
            if options:
                yield from _check_item(draft, file, path, item, options)
            for number, answer in texts_in(item.get("favourable")):
                if answer not in options:
                    hint = suggest(answer, options, "correct it, or add the option")
                    problem = f"`{answer}` is not an option of this item"
                    yield draft.at_key(file, (*path, "favourable", number), problem, hint)
            scores = item.get("scores")
            for code in scores if isinstance(scores, dict) else ():
                if code not in options:
                    hint = suggest(code, options, "correct it, or add the option")
                    yield draft.at_key(file, (*path, "scores", code), f"`{code}` is not an option of this item", hint)


def _check_item(
    draft: Draft, file: str, path: Path, item: dict[str, object], options: dict[str, object]
) -> Iterator[Problem]:
    missing = [code for _, code in texts_in(item.get("missing"))]
    for number, code in texts_in(item.get("missing")):
        if code not in options:
            hint = suggest(code, options, "correct it, or add the option")
            problem = f"the missing code `{code}` is not an option of this item"
            yield draft.at_key(file, (*path, "missing", number), problem, hint)
    for number, code in texts_in(item.get("favourable")):
        if code in missing:
            problem = f"`{code}` counts as favourable, and is left out of the base as missing"
            yield draft.at_key(file, (*path, "favourable", number), problem, "take it out of one of the two")
    for key in ("missing", "favourable"):
        seen: set[str] = set()
        for number, code in texts_in(item.get(key)):
            if code in seen:
                yield draft.at_key(file, (*path, key, number), f"`{code}` is named twice", "name it once")
            seen.add(code)
    if set(options) <= set(missing):
        problem = "every option of this item is missing: no answer is left"
        yield draft.at_key(file, (*path, "missing"), problem, "list only the codes that are no answer")


CHECKS = (check_answers, check_columns, check_weights)
