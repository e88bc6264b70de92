"""The texts that decide how answers come about, kept by their hashes so that any record can be understood later."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import requires, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from packaging.requirements import Requirement

from allmanning.generate.draft import Answerer
from allmanning.generate.kinds import KINDS
from allmanning.generate.model.registry import Model, Registry
from allmanning.generate.notices import NOTICES
from allmanning.generate.settings import GenerateSettings
from allmanning.generate.signals import PHRASES
from allmanning.runtime.record import Json, canonical

_PACKAGE: Final = "allmanning-generate"
_MODEL: Final = {"model_api", "model_name", "model_max_tokens", "model_temperature", "model_seed", "model_stop"}
_CASE: Final = {"appeal_route", "delegation_ref", "delegable"}
# Addresses, keys and times of waiting decide nothing of what is said.
_CHECKS: Final = {"entailment_labels", "sentences_asked_again"}
_READ: Final = {"max_question_chars", "memory_turns", "memory_chars", "search_limit"}
_CONFIG: Final = {*_MODEL, *_CHECKS, *_READ, "model_approved", "use_case", *_CASE}


def pins_of(settings: GenerateSettings, answerer: Answerer, registry: Registry | None) -> Mapping[str, bytes]:
    """By kind: `signals`, `kinds`, `notices`, `prompt`, `model`, `config` and `code`, the last three RFC 8785 JSON."""
    model = {"answerer": answerer.model} | settings.model_dump(mode="json", include=_MODEL)
    if registry is not None:
        first, *_ = models = registry.chain
        model |= {"model_name": first.name, "model_api": first.api, "models": [_model(each) for each in models]}
    return {
        "signals": PHRASES,
        "kinds": KINDS,
        "notices": NOTICES,
        "prompt": answerer.prompt,
        "model": canonical(model),
        "config": canonical(settings.model_dump(mode="json", include=_CONFIG)),
        "code": canonical(_code()),
    }


def _model(model: Model) -> Json:
    """A model as far as it decides; where it runs and by which key it is asked does not."""
    shown: Json = model.model_dump(mode="json", exclude={"replicas", "key", "capacity", "hedge", "pipeline"})
    return shown


def _code() -> Json:
    """Which code ran: the versions that are installed, and a hash over this service's own files."""
    needed = {Requirement(each).name for each in requires(_PACKAGE) or () if "extra ==" not in each}
    return {
        "python": platform.python_version(),
        "packages": {name: version(name) for name in sorted({_PACKAGE, *needed})},
        "source": source_of("allmanning.generate"),
    }


def source_of(package: str) -> str:
    """`sha256:<hex>` over a package's own files."""
    found = hashlib.sha256()
    for name, data in sorted(_sources(files(package), "")):
        found.update(f"{name}\n{len(data)}\n".encode())
        found.update(data)
    return f"sha256:{found.hexdigest()}"


def _sources(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for each in folder.iterdir():
        name = f"{path}/{each.name}"
        if each.is_dir():
            found += _sources(each, name) if each.name != "__pycache__" else []
        else:
            found.append((name, each.read_bytes()))
    return found
