"""`allmanning evaluate answers` against a whole platform: figures, kept answers, and a comparison with them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.platform_node import ROOT, Platform

DEMO = ROOT / "infra" / "demo"


def test_answers_are_judged_kept_and_compared(demo: Platform, tmp_path: Path) -> None:
    lines = (DEMO / "questions.jsonl").read_text().splitlines()
    chosen = {"q04", "q12", "q31", "q54"}
    (tmp_path / "documents").symlink_to(DEMO / "documents")
    file, kept = tmp_path / "few.jsonl", tmp_path / "kept.json"
    file.write_text("\n".join(line for line in lines if json.loads(line)["id"] in chosen))

    figures = demo.command("evaluate", "answers", str(file), "--save", str(kept), "--keep", "Före bytet")
    compared = demo.command("evaluate", "answers", str(file), "--against", str(kept))

    assert figures["questions"] == len(chosen)
    assert set(figures["outcome_by_kind"]) == {"answered", "abstained", "handed_over"}
    assert figures["faithful"] == 1.0
    assert 20 < figures["lix"] < 70
    assert {"prompt", "model", "config", "code"} <= set(figures["pins"])
    assert json.loads(kept.read_text())["answers"].keys() == chosen
    [shown] = [json.loads(each.read_text()) for each in (demo.data / "evaluations").iterdir()]
    assert (shown["name"], shown["authority"], shown["figures"]["right"]) == (
        "Före bytet",
        "exempelby",
        figures["right"],
    )
    assert shown["pins"].keys() == figures["pins"].keys() | {"rows"}
    assert compared["pins_changed"] == []
    assert compared["changes"] == []
    assert compared["before"]["right"] == compared["after"]["right"] == figures["right"]
