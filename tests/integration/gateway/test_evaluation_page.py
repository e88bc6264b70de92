"""Measurements that `allmanning evaluate --keep` left, listed and side by side: written by the node, read here."""

from __future__ import annotations

from pathlib import Path

import pytest

from allmanning.node.evaluate.result import Result
from allmanning.runtime.errors import InvalidInput

PINS = {"prompt": "sha256:aa", "model": "sha256:bb", "rows": "sha256:cc"}


def keep(
    data: Path, name: str, figures: dict[str, object], *, at: str, authority: str = "exempelby", **pins: str
) -> str:
    """A kept result of answers; its id."""
    made = Result.of("answers", name, Path("frågor.jsonl"), figures, {**PINS, **pins}, authority=authority, model="M")
    return made.model_copy(update={"at": at}).keep(data).stem


async def test_two_measurements_stand_side_by_side_with_what_differed(gateway):
    figures = {"right": 0.8, "outcome_by_kind": {"answered": 0.9}, "questions": 40, "misses": [{"question": "Hemlig?"}]}
    before = keep(gateway.data_dir, "Före bytet", figures, at="2026-11-20T08:00:00.000Z")
    after = keep(
        gateway.data_dir,
        "Efter <b>bytet</b>",
        figures | {"right": 0.85},
        at="2026-11-21T08:00:00.000Z",
        prompt="sha256:dd",
    )
    keep(gateway.data_dir, "Grannens", figures, at="2026-11-22T08:00:00.000Z", authority="grannby")
    (gateway.data_dir / "evaluations" / "0-broken.json").write_text('{"kind": 1}')
    async with gateway.signed_in("admin") as client:
        listed = (await client.get("/admin/evaluations")).text
        side = (await client.get(f"/admin/evaluations?before={before}&after={after}")).text

    assert listed.index("Efter &lt;b&gt;bytet&lt;/b&gt;") < listed.rindex("Före bytet")
    assert "Grannens" not in listed
    assert "Hemlig" not in listed
    assert "Rätt utfall: frågor att besvara" in listed
    assert "<td>80\u00a0%</td><td>85\u00a0%</td>" in side
    assert "<strong>+5 procentenheter</strong>" in side
    assert "Det här skilde dem åt: Prompt." in side
    assert "mäter inte samma sak" not in side


async def test_measurements_on_other_questions_are_not_passed_off_as_comparable(gateway):
    first = keep(gateway.data_dir, "En", {"right": 0.8}, at="2026-11-20T08:00:00.000Z")
    other = keep(gateway.data_dir, "Två", {"right": 0.8}, at="2026-11-21T08:00:00.000Z", rows="sha256:ee")
    async with gateway.signed_in("admin") as client:
        side = (await client.get(f"/admin/evaluations?before={first}&after={other}")).text
        unknown = await client.get("/admin/evaluations?before=../../keys&after=x")

    assert "mäter inte samma sak på samma frågor" in side
    assert unknown.status_code == 200
    assert "Sida vid sida" not in unknown.text


async def test_without_measurements_the_page_says_how_one_is_made_and_to_whom(gateway):
    async with gateway.signed_in("admin") as client:
        empty = await client.get("/admin/evaluations")
    async with gateway.signed_in("caseworker") as client:
        others = await client.get("/admin/evaluations")

    assert "Här finns inga frågor än" in empty.text
    assert "--keep" in empty.text
    assert others.status_code == 403


@pytest.mark.parametrize("name", ["", " ", "a" * 61, "x\n"])
def test_a_result_is_kept_under_a_name_that_can_be_shown(name):
    with pytest.raises(InvalidInput, match="Ange ett namn"):
        Result.of("pii", name, Path("rows"), {}, {})
