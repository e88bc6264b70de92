"""The folder of one embedded index: what it was made with, its shard, and what it must finish after a crash."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from allmanning.index.store import durable
from allmanning.index.store.about import About
from allmanning.index.store.engine import Publication


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

    def begin(self, publication: Publication) -> None:
        """Note a publication durably before its first step."""
        durable.write(self._unfinished, json.dumps(asdict(publication)).encode())

    def end(self) -> None:
        """The publication is durable in the engine."""
        self._unfinished.unlink()

    def unfinished(self) -> Publication | None:
        """The publication that a crash interrupted, if any."""
        try:
            return Publication(**json.loads(self._unfinished.read_bytes()))
        except FileNotFoundError:
            return None

    @property
    def _about(self) -> Path:
        return self.path / "about.json"

    @property
    def _unfinished(self) -> Path:
        return self.path / "PUBLISHING"
