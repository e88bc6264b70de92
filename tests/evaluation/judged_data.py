"""The folder of a command that measures on real data, which lies beside the repository and is never part of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.conftest import SHARED_DATA


def parser(program: str, about: str | None, folder: str) -> argparse.ArgumentParser:
    """Of a command with `--folder`, by default the one of that name among the real data."""
    made = argparse.ArgumentParser(
        prog=f"python -m {program}", description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--folder", type=Path, default=SHARED_DATA / folder, help="where the real data lies")
    return made


def given(options: argparse.ArgumentParser) -> argparse.Namespace | None:
    """What was asked for; None, and a word about it, when the data is not there."""
    found = options.parse_args()
    if found.folder.is_dir():
        return found
    print(f"{options.prog}: nothing to measure on, {found.folder} is not there")
    return None
