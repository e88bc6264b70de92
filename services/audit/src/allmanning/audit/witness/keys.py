"""The private keys of a witness: one file, readable by its user only."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from allmanning.audit.log.cosignature import CosigningKey
from allmanning.audit.log.note import BadNote
from allmanning.audit.log.secret_file import write_secret
from allmanning.audit.log.vkey import COSIGNATURE_ED25519, COSIGNATURE_ML_DSA_44, checked_name
from allmanning.runtime.errors import Conflict, NotFound

_SEED_BYTES: Final = 32


def make_keys(path: Path, name: str) -> list[CosigningKey]:
    """Make an Ed25519 and an ML-DSA-44 key under a name, such as `vittne.grannby.se`.

    Raises:
        BadNote: when a key can't have the name. Conflict: `witness.has_keys`, when there are keys already.
    """
    checked_name(name)
    if path.exists():
        raise Conflict(
            "witness.has_keys",
            f"Vittnet har redan nycklar i {path}. Nya vore ett annat vittne. (The witness has its keys already.)",
        )
    seeds = {"ed25519": os.urandom(_SEED_BYTES).hex(), "ml-dsa-44": os.urandom(_SEED_BYTES).hex()}
    write_secret(path, json.dumps({"name": name, **seeds}).encode())
    return read_keys(path)


def read_keys(path: Path) -> list[CosigningKey]:
    """The keys, Ed25519 first.

    Raises:
        NotFound: `witness.no_keys`, when the file is missing or damaged.
    """
    try:
        told: dict[str, str] = json.loads(path.read_text())
        return [
            CosigningKey.from_seed(told["name"], algorithm, bytes.fromhex(told[kind]))
            for kind, algorithm in (("ed25519", COSIGNATURE_ED25519), ("ml-dsa-44", COSIGNATURE_ML_DSA_44))
        ]
    except (OSError, ValueError, KeyError, TypeError, BadNote) as error:
        raise NotFound(
            "witness.no_keys",
            f"Vittnets nycklar i {path} saknas eller är skadade. Skapa dem med allmanning witness start --name … "
            "eller lägg tillbaka filen. (The witness's keys are missing or damaged.)",
        ) from error
