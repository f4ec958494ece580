import json
from pathlib import Path

import numpy as np
import pytest

from shteg.accession.curves.kaplan_meier import aalen_johansen, at_times, kaplan_meier
from shteg.errors import ModelError

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "accession_curves.json").read_text("utf-8"))
AGREE = {"rtol": 1e-9, "atol": 1e-12}  # same arithmetic in another order


def numbers(values):
    return np.array(values, dtype=float)  # null becomes not a number


def test_left_truncated_kaplan_meier_against_r():
    r = REFERENCE["kaplan_meier"]
    curve = kaplan_meier(numbers(r["entry"]), numbers(r["exit"]), np.array(r["event"]))
    assert np.allclose(curve.time, r["time"], **AGREE)
    assert curve.at_risk.tolist() == r["at_risk"]
    assert curve.events.tolist() == r["events"]
    np.testing.assert_allclose(curve.survival, numbers(r["survival"]), **AGREE)
    alive = curve.survival > 0  # R gives no error and no interval once nobody is left
    np.testing.assert_allclose(curve.std_error[alive], numbers(r["std_error"])[alive], **AGREE)
    np.testing.assert_allclose(curve.low[alive], numbers(r["low"])[alive], **AGREE)
    np.testing.assert_allclose(curve.high[alive], numbers(r["high"])[alive], **AGREE)


def test_left_truncated_aalen_johansen_with_returns_against_r():
    r = REFERENCE["aalen_johansen"]
    curves = aalen_johansen(
        r["id"], numbers(r["entry"]), numbers(r["exit"]), np.array(r["state"]), np.array(r["to"]), 4
    )  # fmt: skip
    assert np.allclose(curves.time, r["time"], **AGREE)
    assert curves.at_risk.tolist() == r["at_risk"]
    np.testing.assert_allclose(curves.probability, numbers(r["probability"]), **AGREE)
    np.testing.assert_allclose(curves.std_error, numbers(r["std_error"]), **AGREE)
    seen = curves.probability > 0
    np.testing.assert_allclose(curves.low[seen], numbers(r["low"])[seen], **AGREE)
    np.testing.assert_allclose(curves.high[seen], numbers(r["high"])[seen], **AGREE)


def test_standard_error_with_the_start_estimated_against_the_influences_of_r():
    r = REFERENCE["aalen_johansen"]
    curves = aalen_johansen(
        r["id"], numbers(r["entry"]), numbers(r["exit"]), np.array(r["state"]), np.array(r["to"]), 4,
        start_estimated=True,
    )  # fmt: skip
    np.testing.assert_allclose(curves.std_error, numbers(r["std_error_start"]), **AGREE)


def test_two_states_collapse_to_kaplan_meier():
    r = REFERENCE["kaplan_meier"]
    entry, out, event = numbers(r["entry"]), numbers(r["exit"]), np.array(r["event"])
    curve = kaplan_meier(entry, out, event)
    names = [f"u{i}" for i in range(len(entry))]
    curves = aalen_johansen(names, entry, out, np.zeros(len(entry), int), np.where(event, 1, -1), 2)
    np.testing.assert_allclose(curves.probability[:, 0], curve.survival, **AGREE)
    np.testing.assert_allclose(curves.probability.sum(axis=1), 1.0, **AGREE)


def test_small_curve_by_hand():
    curve = kaplan_meier(numbers([0, 0, 1.5]), numbers([1, 2, 3]), np.array([True, True, False]))
    assert curve.at_risk.tolist() == [2, 2, 1]
    assert curve.survival.tolist() == [0.5, 0.25, 0.25]
    assert curve.std_error[1] == pytest.approx(0.25 * np.sqrt(1 / 2 + 1 / 2))


def test_reading_a_step_curve():
    values = at_times(numbers([1, 2]), numbers([0.5, 0.2]), np.array(1.0), numbers([0.5, 1, 1.9, 7]))
    assert values.tolist() == [1.0, 0.5, 0.5, 0.2]


def test_bad_spells_are_refused():
    with pytest.raises(ModelError, match="must come after its entry"):
        kaplan_meier(numbers([1]), numbers([1]), np.array([True]))
    with pytest.raises(ModelError, match="states run from 0 to 1"):
        aalen_johansen(["a"], numbers([0]), numbers([1]), np.array([0]), np.array([2]), 2)
