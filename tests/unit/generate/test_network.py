"""The network of the confidence says what its figures say, of one question as of many."""

from __future__ import annotations

import math

import numpy as np

from allmanning.generate.extract.network import Network

TWO = Network(names=["a", "b"], middle=[1.0, 0.0], spread=[2.0, 1.0], units=[[0.5, 3.0, 1.0, -1.0]], intercept=0.25)


def test_a_unit_meets_the_standardised_signals() -> None:
    assert math.isclose(TWO.of({"b": 0.5, "a": 2.0}), 0.25 + 3 * math.tanh(0.5 + 0.5 - 0.5))


def test_many_are_each_as_one() -> None:
    rows = np.array([[0.0, 1.0], [3.0, -2.0]])

    assert TWO.of_rows(rows).tolist() == [TWO.of({"a": a, "b": b}) for a, b in rows]


def test_a_signal_farther_out_than_any_seen_counts_no_more() -> None:
    assert TWO.of({"a": 1e9, "b": 0.0}) == TWO.of({"a": 7.0, "b": 0.0})
