"""Names for arrays of numbers, as all rooms write them; comments say the axes: `Floats  # (draw, year)`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Keys = NDArray[np.uint64]
"""Keys of random numbers, as `randomness.stable_key` gives them."""
Codes = NDArray[np.unsignedinteger[Any]]
"""Codes of categories, in the smallest type that holds them."""
AnyInts = NDArray[np.integer[Any]]
