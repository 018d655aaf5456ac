"""Vectors as fixed-point numbers."""

import numpy as np

from kbqa.index.fixed_point import ONE, as_fixed


def test_numbers_come_back() -> None:
    """Within half a step, and the ends exactly."""
    numbers = np.array([[-1, -0.3, 0], [0.00001, 0.7, 1]], np.float32)
    fixed = as_fixed(numbers)
    assert fixed.dtype == np.int16
    np.testing.assert_allclose(fixed / ONE, numbers, atol=0.5 / ONE + 1e-7)
    assert (fixed[0, 0], fixed[0, 2], fixed[1, 2]) == (-ONE, 0, ONE)
