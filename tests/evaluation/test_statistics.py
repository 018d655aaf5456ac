"""Intervals, on cases whose answer is known."""

import pytest

from kbqa.evaluation.statistics import difference, mean, proportion, ratio


def test_wilsons_interval() -> None:
    """8 of 10, as in the tables of Newcombe (1998); it stays within [0, 1] at the ends, where the normal one fails."""
    estimate = proportion([1.0] * 8 + [0.0] * 2)
    assert (estimate.value, estimate.count) == (0.8, 10)
    assert (estimate.low, estimate.high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert proportion([1.0] * 20).high == 1.0
    assert 0.8 < proportion([1.0] * 20).low < 1.0


def test_a_mean_is_over_all_values() -> None:
    """Not over the clusters' means."""
    assert mean({"a": [1.0, 1.0, 1.0], "b": [0.0]}).value == 0.75


def test_values_of_one_cluster_do_not_narrow_the_interval() -> None:
    """Four hundred rewordings of four questions tell no more than the four."""
    few = mean({str(number): [float(number % 2)] for number in range(4)})
    many = mean({str(number): [float(number % 2)] * 100 for number in range(4)})
    assert (many.low, many.high) == (few.low, few.high)
    wide = few.high - few.low
    apart = mean({str(number): [float(number % 2)] for number in range(400)})
    assert apart.high - apart.low < wide / 5


def test_a_paired_difference_sees_what_two_means_do_not() -> None:
    """Each question a little better, while questions differ a lot."""
    before = {str(number): [number / 100] for number in range(100)}
    after = {name: [value + 0.01] for name, (value,) in before.items()}
    estimate = difference(before, after)
    assert estimate.low == pytest.approx(0.01)
    assert estimate.high == pytest.approx(0.01)
    assert mean(after).low < mean(before).high


def test_only_shared_questions_are_compared() -> None:
    """Others say nothing about the change."""
    assert difference({"a": [0.0], "b": [1.0]}, {"a": [1.0], "c": [0.0]}).value == 1.0


def test_the_same_run_differs_by_nothing() -> None:
    """No interval below zero by chance."""
    values = {str(number): [number % 3 / 2] for number in range(30)}
    estimate = difference(values, values)
    assert (estimate.value, estimate.low, estimate.high) == (0.0, 0.0, 0.0)


def test_a_ratio_of_sums() -> None:
    """Half of what the questions had as they are written."""
    estimate = ratio({"a": 0.5, "b": 0.5, "c": 9.0}, {"a": 1.0, "b": 1.0})
    assert (estimate.value, estimate.low, estimate.high, estimate.count) == (0.5, 0.5, 0.5, 2)


def test_intervals_repeat() -> None:
    """The same values, the same interval, whenever it is computed."""
    values = {str(number): [number % 7 / 6] for number in range(50)}
    assert mean(values) == mean(values)
