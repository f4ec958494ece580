"""The forecast as rows for a terminal, and what it rests on as sentences in either language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shteg.estimates import LABELS, Label, StageResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastRow:
    """One step: probability with its 90 % interval by year, the median year as printed, and the label.

    `by_year` maps the year to (probability, low, high) as shares.
    """

    step: str
    by_year: Mapping[int, tuple[float, float, float]]
    median_year: str
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumptionNote:
    """A sentence: its message key, what fills it (`names` are lexicon ids, to be joined by commas), and the label."""

    key: str
    label: Label | None
    names: tuple[str, ...] = ()
    args: Mapping[str, str] = field(default_factory=dict)


def forecast_rows(pathways: StageResult) -> list[ForecastRow]:
    """Give one row per step, in the order of the case, with the report years."""
    rows = []
    for median in (value for value in pathways.values if value.label_key == "value.pathways.median_year"):
        step = median.label_args["step"]
        by_year = {
            int(value.label_args["year"]): (float(value.number), float(value.low or 0.0), float(value.high or 0.0))
            for value in pathways.values
            if value.label_key == "value.pathways.forecast" and value.label_args["step"] == step
        }
        rows.append(
            ForecastRow(
                step=step.removeprefix("step:"),
                by_year=by_year,
                median_year=median.number if isinstance(median.number, str) else f"{median.number:.0f}",
                label=median.label,
            )
        )
    return rows


def describe_assumptions(pathways: StageResult) -> list[AssumptionNote]:
    """List, weakest first, what is assumed, borrowed and estimated, and then what always holds.

    The keys stand in `report/messages/*/pathways.toml`: `sentence.pathways.assumed`, `….borrowed`, `….estimated`
    with `{names}` and `{count}`, and `….interval` with `{draws}`, `{worlds}`, `{horizon}`.
    """
    frame = pathways.tables["assumptions"].frame
    notes = []
    for label in reversed(LABELS):
        found = frame.filter((frame["label"] == label) & (frame["kind"] != "effect"))
        if len(found):
            names = tuple(found["title_id"].to_list())
            key = f"sentence.pathways.{label}"
            notes.append(AssumptionNote(key=key, label=label, names=names, args={"count": str(len(names))}))
    sizes = {value.id: f"{value.number:.0f}" for value in pathways.values if value.id.startswith("simulation.")}
    args = {name.removeprefix("simulation."): number for name, number in sizes.items()}
    notes.append(AssumptionNote(key="sentence.pathways.interval", label=None, args=args))
    return notes
