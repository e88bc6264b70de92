"""The folder of one embedded index: what it was made with, its shard, and what it must finish after a crash."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from allmanning.index.store.about import About
from allmanning.index.store.publication import Publication
from allmanning.runtime import durable


class IndexFolder:
    """`shard/`, `about.json` and, in the middle of a publication, `PUBLISHING`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def shard(self) -> Path:
        return self.path / "shard"

    @property
    def about(self) -> About:
        """What the index was made with."""
        return About(**json.loads(self._about.read_bytes()))

    def describe(self, about: About) -> None:
        """Write down what the index is made with."""
        durable.write(self._about, json.dumps(asdict(about)).encode())

    def is_index(self) -> bool:
        """Whether there is an index in it at all."""
        return self._about.exists() and self.shard.is_dir()

    def begin(self, publications: Sequence[Publication]) -> None:
        """Note publications durably before the first step of any."""
        durable.write(self._unfinished, json.dumps([asdict(each) for each in publications]).encode())

    def end(self) -> None:
        """The publications are durable in the engine."""
        self._unfinished.unlink()

    def unfinished(self) -> list[Publication]:
        """The publications that a crash interrupted."""
        try:
            noted = json.loads(self._unfinished.read_bytes())
        except FileNotFoundError:
            return []
        # Earlier releases noted one at a time.
        return [Publication(**each) for each in (noted if isinstance(noted, list) else [noted])]

    @property
    def _about(self) -> Path:
        return self.path / "about.json"

    @property
    def _unfinished(self) -> Path:
        return self.path / "PUBLISHING"
