"""Turns the installed weights into what the local embedder runs, once, and keeps the result.

`python -m allmanning.index.embed.convert` does it ahead of the first start. The result stands in a folder named after
the weights and the recipe, appears there whole or not at all, and is made by one process when several ask at once.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from allmanning.index.embed import weights

RECIPE = "onnx-int8-1"
"""Changes with anything that changes the vectors or the files."""
CACHE_VARIABLE = "ALLMANNING_MODEL_CACHE"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The folder of a converted model, and the name that its vectors carry."""

    folder: Path
    model: str


def default_cache() -> Path:
    """`$ALLMANNING_MODEL_CACHE`, or the user's cache folder."""
    return Path(os.environ.get(CACHE_VARIABLE) or Path.home() / ".cache" / "allmanning" / "models")


def ensure_model(cache: Path | None = None) -> ModelFiles:
    """The converted model, made now if it is missing (2 s, 370 MB).

    Raises `WeightsError` when the weights are not installed and `OSError` when the cache cannot be written.
    """
    cache = cache or default_cache()
    source = weights.installed()
    digest = weights.digest(source)
    files = ModelFiles(cache / f"{digest[:16]}-{RECIPE}", f"multilingual-e5-small/{RECIPE}@sha256:{digest}")
    if not files.folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with _alone(cache / f"{files.folder.name}.lock"):
            if not files.folder.exists():
                _convert(source, files.folder)
    return files


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Other processes wait; the lock falls with the process that holds it."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _convert(source: Path, folder: Path) -> None:
    # The onnx package is needed only here: an embedder that finds its model never loads it.
    from allmanning.index.embed.graph import write_graph
    from allmanning.index.embed.vocabulary import write_vocabulary

    opened = weights.Weights(source)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write_graph(opened, draft)
        write_vocabulary(opened, draft)
        _settle(draft)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _settle(folder: Path) -> None:
    """On the disk before the folder gets its name, and readable by every user of the cache."""
    for file in folder.iterdir():
        file.chmod(0o644)
        with file.open("rb") as opened:
            os.fsync(opened.fileno())
    folder.chmod(0o755)


if __name__ == "__main__":
    sys.stdout.write(f"{ensure_model().folder}\n")
