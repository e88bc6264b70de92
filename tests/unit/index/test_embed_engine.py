"""The engine is chosen by what the processor offers and by what is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from allmanning.index.embed.engine import BF16, INT8, EngineKind, chosen, processor_flags

PLAIN = {"fpu", "avx2", "avx512f", "avx512_vnni", "amx_int8"}


@pytest.mark.parametrize(
    ("flags", "openvino", "kind"),
    [
        (PLAIN, True, INT8),
        (PLAIN | {"amx_bf16"}, True, BF16),
        (PLAIN | {"avx512_bf16"}, True, BF16),
        (PLAIN | {"amx_bf16"}, False, INT8),
        (set(), True, INT8),
    ],
)
def test_bf16_needs_its_units_and_its_package(flags: set[str], openvino: bool, kind: EngineKind) -> None:
    assert chosen(frozenset(flags), openvino=openvino) is kind


def test_flags_are_those_of_the_first_processor(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nflags\t\t: fpu avx2 amx_bf16\n\nprocessor\t: 1\nflags\t\t: fpu\n")
    assert processor_flags(cpuinfo) == {"fpu", "avx2", "amx_bf16"}


def test_a_processor_that_lists_none_has_none(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nFeatures\t: fp asimd bf16\n")
    assert processor_flags(cpuinfo) == frozenset()


def test_vectors_of_two_engines_are_never_taken_for_one_anothers() -> None:
    assert BF16.recipe != INT8.recipe
