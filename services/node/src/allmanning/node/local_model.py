"""A model that runs on this machine as one of the node's processes."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import httpx2

from allmanning.generate.local.gguf import Gguf
from allmanning.generate.local.memory import check_fits, free_bytes
from allmanning.generate.local.settings import LocalModelSettings
from allmanning.node.port import HOST, free_port
from allmanning.node.process import Process
from allmanning.runtime.errors import Conflict, Unsupported

MODEL: Final = "model"
# A processor reads a long question for minutes before its first word.
_PATIENCE_S: Final = 300.0


@dataclass(frozen=True)
class LocalModel:
    """A GGUF file that can be served here."""

    file: Path
    name: str
    digest: str
    context_tokens: int
    capacity: int
    port: int
    key: str = field(repr=False)

    @classmethod
    def prepare(cls, file: Path, *, remembered: Path) -> Self:
        """Check that the file can be run here. `remembered`: where the digests of files read before are kept.

        Raises:
            InvalidInput: `model.missing`, `model.unreadable`, `model.not_gguf`, `model.damaged`, `model.too_large`.
            Conflict: `models.ambiguous`.
            Unsupported: `model.not_installed`.
        """
        if os.environ.get("ALLMANNING_MODEL_REGISTRY"):
            text = "Välj antingen --model eller ALLMANNING_MODEL_REGISTRY. (Choose one of them.)"
            raise Conflict("models.ambiguous", text)
        model = Gguf.read(file.expanduser().resolve())
        if importlib.util.find_spec("xllamacpp") is None:
            raise Unsupported(
                "model.not_installed",
                "llama.cpp är inte installerat här. Installera det: pip install 'allmanning[local]' "
                "(i källkoden: uv sync --extra local). (llama.cpp is not installed.)",
            )
        settings = LocalModelSettings()
        # Beyond what it was trained to read a model answers nonsense.
        context = min(settings.model_context_tokens, model.context_tokens or settings.model_context_tokens)
        check_fits(model, context * settings.model_capacity, free_bytes())
        return cls(
            file=model.path,
            name=re.sub(r"[\s,]+", "-", model.name.strip())[:200] or MODEL,
            digest=f"sha256:{_digest(model.path, remembered)}",
            context_tokens=context,
            capacity=settings.model_capacity,
            port=free_port(),
            key=secrets.token_hex(24),
        )

    @property
    def _url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def _shared(self) -> Mapping[str, str]:
        return {
            "ALLMANNING_MODEL_NAME": self.name,
            "ALLMANNING_MODEL_KEY": self.key,
            "ALLMANNING_MODEL_CONTEXT_TOKENS": str(self.context_tokens),
            "ALLMANNING_MODEL_CAPACITY": str(self.capacity),
        }

    @property
    def for_generate(self) -> Mapping[str, str]:
        """The settings with which the generate service asks this model."""
        own = {
            "ALLMANNING_MODEL_API": "openai",
            "ALLMANNING_MODEL_URL": f"{self._url}/v1",
            "ALLMANNING_MODEL_DIGEST": self.digest,
            # What it reads never leaves this machine.
            "ALLMANNING_MODEL_HIGHEST_SECRECY": "secret",
        }
        patience = {"ALLMANNING_MODEL_TIMEOUT_S": str(_PATIENCE_S)}
        return {**{name: value for name, value in patience.items() if name not in os.environ}, **self._shared, **own}

    def process(self, logs: Path) -> Process:
        """llama.cpp as a process, not yet started."""
        environment = {
            **self._shared,
            "ALLMANNING_LOCAL_MODEL_FILE": str(self.file),
            "ALLMANNING_LOCAL_MODEL_HOST": HOST,
            "ALLMANNING_LOCAL_MODEL_PORT": str(self.port),
        }
        command = [sys.executable, "-m", "allmanning.generate.local"]
        return Process(MODEL, command, environment, logs / f"{MODEL}.log")

    async def is_ready(self, client: httpx2.AsyncClient) -> bool:
        """Whether it has been loaded."""
        with contextlib.suppress(httpx2.HTTPError):
            return (await client.get(f"{self._url}/health")).is_success
        return False


def _digest(file: Path, remembered: Path) -> str:
    """SHA-256 of the file, read anew only when its size or time has changed."""
    status = file.stat()
    mark = f"{file}:{status.st_size}:{status.st_mtime_ns}"
    known: dict[str, str] = {}
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(remembered.read_text())
    if mark not in known:
        with file.open("rb") as content:
            known = {mark: hashlib.file_digest(content, "sha256").hexdigest()}
        remembered.write_text(json.dumps(known))
    return known[mark]
