"""Print how good the answers to the demo authority's questions are, file by file, beside the aims.

python -m tests.evaluation.generate.answers [--save FOLDER] [--against FOLDER]

Starts a platform of its own with the demo authority, so the whole way is measured: rules, search, wording, release.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.platform_node import ROOT, Platform

FILES: Final = sorted((ROOT / "infra" / "demo").glob("questions*.jsonl"))
# Of the questions in the demo authority's first file, by the extractive answerer.
AIMS: Final[Mapping[str, float]] = {"source": 0.95, "fact": 0.90, "abstained": 0.95, "handed_over": 1.0}
SHOWN: Final = ("source", "fact", "answered", "abstained", "handed_over", "faithful", "language", "right",
                "sentences", "words", "lix", "ms_per_question")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--save", type=Path, help="keep the answers here, for a later --against")
    parser.add_argument("--against", type=Path, help="compare with answers kept by --save")
    options = parser.parse_args()
    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder), demo=True).start()
        try:
            measured = {file.stem: asked(platform, file, options.save) for file in FILES}
            show(measured)
            if options.against:
                for file in FILES:
                    kept = options.against / f"{file.stem}.json"
                    print(f"\n{file.stem} against {kept}")
                    done = platform.run("evaluate", "answers", str(file), "--against", str(kept))
                    print(done.stdout)
        finally:
            platform.stop()


def asked(platform: Platform, file: Path, save: Path | None) -> dict[str, Any]:
    keep = ("--save", str(save / f"{file.stem}.json")) if save else ()
    return platform.command("evaluate", "answers", str(file), *keep)


def show(measured: Mapping[str, Mapping[str, Any]]) -> None:
    print(f"{'':<18}{'aim':>8}" + "".join(f"{name:>22}" for name in measured))
    print(f"{'questions':<18}{'':>8}" + "".join(f"{figures['questions']:>22}" for figures in measured.values()))
    for name in SHOWN:
        aim = f"{AIMS[name]:.2f}" if name in AIMS else ""
        row = [figures.get(name, figures["outcome_by_kind"].get(name, "")) for figures in measured.values()]
        print(f"{name:<18}{aim:>8}" + "".join(f"{value!s:>22}" for value in row))
    for stem, figures in measured.items():
        for miss in figures["misses"]:
            print(f"{stem} {miss['id']} {miss['question']} -> {miss['outcome']}: {'; '.join(miss['missing'])}")


if __name__ == "__main__":
    main()
