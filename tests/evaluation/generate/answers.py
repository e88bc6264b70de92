"""Print how good the answers to the demo authority's questions are, file by file, beside the aims.

python -m tests.evaluation.generate.answers [--save FOLDER] [--against FOLDER]

Starts a platform of its own with the demo authority, so the whole way is measured: rules, search, wording, release.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.platform_node import CLI, ROOT, Platform

FILES: Final = sorted((ROOT / "infra" / "demo").glob("questions*.jsonl"))
# Of the questions in the demo authority's first file, by the extractive answerer.
AIMS: Final[Mapping[str, float]] = {"source": 0.95, "fact": 0.90, "abstained": 0.95, "handed_over": 1.0}
# Measured by this same command on 27 November 2026, at commit 7e3d5e0; the held-out ones at 58605d5. The everyday ones
# over the API on 28 November 2026, at 2ba46ff.
FIRST: Final[Mapping[str, Mapping[str, float]]] = {
    "questions": {"source": 1.0, "fact": 1.0, "answered": 1.0, "abstained": 1.0, "handed_over": 1.0},
    "questions-more": {"source": 0.8947, "fact": 0.7895, "answered": 0.8947, "abstained": 0.8, "handed_over": 1.0},
    "questions-held-out": {
        "source": 0.8846, "fact": 0.8654, "answered": 0.8846, "abstained": 0.95, "handed_over": 0.9167
    },
    "questions-everyday": {"source": 0.32, "fact": 0.28},
}  # fmt: skip
SHOWN: Final = ("source", "fact", "answered", "abstained", "handed_over", "faithful", "language", "quoted", "right",
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
                    command = [*CLI, "evaluate", "answers", str(file), "--against", str(kept), "--data", folder]
                    subprocess.run(command, cwd=ROOT, check=True)
        finally:
            platform.stop()


def asked(platform: Platform, file: Path, save: Path | None) -> dict[str, Any]:
    keep = ("--save", str(save / f"{file.stem}.json")) if save else ()
    return platform.command("evaluate", "answers", str(file), *keep)


def now(figures: Mapping[str, Any], name: str) -> str:
    return str(figures.get(name, figures["outcome_by_kind"].get(name, "")))


def show(measured: Mapping[str, Mapping[str, Any]]) -> None:
    print(f"{'':<18}{'aim':>6}" + "".join(f"{name:>24}{'first':>8}" for name in measured))
    print(f"{'questions':<18}{'':>6}" + "".join(f"{figures['questions']:>24}{'':>8}" for figures in measured.values()))
    for name in SHOWN:
        aim = f"{AIMS[name]:.2f}" if name in AIMS else ""
        row = "".join(
            f"{now(figures, name):>24}{FIRST.get(stem, {}).get(name, '')!s:>8}" for stem, figures in measured.items()
        )
        print(f"{name:<18}{aim:>6}{row}")
    for stem, figures in measured.items():
        for miss in figures["misses"]:
            print(f"{stem} {miss['id']} {miss['question']} -> {miss['outcome']}: {'; '.join(miss['missing'])}")


if __name__ == "__main__":
    main()
