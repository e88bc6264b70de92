"""One caller waits for what does not answer; the others do not."""

from __future__ import annotations

from allmanning.retrieve.circuit import Circuit


def test_after_a_timeout_nobody_waits() -> None:
    circuit = Circuit(open_s=3600)
    circuit.timed_out(circuit.enter())
    assert not circuit.enter()


def test_when_the_time_is_up_one_caller_tries() -> None:
    circuit = Circuit(open_s=0)
    circuit.timed_out(circuit.enter())
    circuit._open_s = 3600
    began = circuit.enter()
    assert began
    assert not circuit.enter()
    circuit.answered()
    assert circuit.enter()


def test_one_slow_answer_among_good_ones_stops_nobody() -> None:
    circuit = Circuit(open_s=3600)
    slow = circuit.enter()
    circuit.answered()
    circuit.timed_out(slow)
    assert circuit.enter()
