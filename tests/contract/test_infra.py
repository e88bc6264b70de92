"""What infra/ configures exists in the services, and what the services need is configured."""

from __future__ import annotations

import importlib
from pathlib import Path

import yaml

from allmanning.runtime.permissions import SERVICES
from allmanning.runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "infra/compose.yaml").read_text())["services"]
# Read by the image or the converter, not by a service's settings.
BESIDE_SETTINGS = {"ALLMANNING_MODEL_CACHE"}


def settings_of(service: str) -> set[str]:
    """Environment variables that a service understands."""
    module = importlib.import_module(f"allmanning.{service}.settings")
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, Settings)]
    return {f"ALLMANNING_{name.upper()}" for kind in kinds for name in kind.model_fields}


def test_compose_starts_every_service_that_scales() -> None:
    assert set(COMPOSE) >= set(SERVICES) - {"index"} | {"nats", "qdrant", "postgres", "tei", "tgi", "collector"}


def test_every_variable_in_compose_is_a_setting_of_its_service() -> None:
    for service in set(SERVICES) & set(COMPOSE):
        given = {name for name in COMPOSE[service]["environment"] if name.startswith("ALLMANNING_")}
        assert given <= settings_of(service), service


def test_every_password_in_the_nats_configuration_is_given_by_compose_and_named_in_the_example() -> None:
    conf = (ROOT / "infra/nats/server.conf").read_text()
    variables = {word.strip() for word in conf.replace("$", " $").split() if word.startswith("$")}
    needed = {word.removeprefix("$") for word in variables if word.startswith("$NATS_")}
    assert needed <= set(COMPOSE["nats"]["environment"])
    example = (ROOT / "infra/example.env").read_text()
    assert all(f"{name}=" in example for name in needed if name.endswith("_PASSWORD"))


def test_every_setting_is_explained() -> None:
    for service in SERVICES:
        module = importlib.import_module(f"allmanning.{service}.settings")
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Settings):
                unexplained = [name for name, field in kind.model_fields.items() if not field.description]
                assert not unexplained, (service, unexplained)
