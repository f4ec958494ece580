"""How Hypothesis draws: the same few examples in `make test`, many others every night (`SHTEG_HYPOTHESIS=night`)."""

import os

from hypothesis import HealthCheck, settings

PROFILE = os.environ.get("SHTEG_HYPOTHESIS", "steady")
TIMES = {"steady": 1, "night": 20}
"""How many times the examples of `make test` a profile draws."""

for name, times in TIMES.items():
    settings.register_profile(
        name,
        max_examples=100 * times,
        derandomize=name == "steady",
        print_blob=name != "steady",
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


def examples(number: int) -> settings:
    """Draw so many examples in `make test`, and more at night; for tests that take long."""
    return settings(max_examples=number * TIMES[PROFILE])
