"""Where the model is and how it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from allmanning.generate.settings import GenerateSettings


@dataclass(frozen=True)
class ModelServer:
    """A model server's address and the sampling that every question uses."""

    url: str
    name: str
    key: str = field(default="", repr=False)
    timeout_s: float = 60.0
    max_tokens: int = 512
    temperature: float = 0.0
    seed: int = 1
    stop: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: GenerateSettings) -> ModelServer:
        """The server that the settings name."""
        return cls(
            url=settings.model_url,
            name=settings.model_name,
            key=settings.model_key.get_secret_value(),
            timeout_s=settings.model_timeout_s,
            max_tokens=settings.model_max_tokens,
            temperature=settings.model_temperature,
            seed=settings.model_seed,
            stop=settings.model_stop,
        )

    @property
    def sampling(self) -> Mapping[str, object]:
        """The fields of the chat API that both dialects share."""
        fields: dict[str, object] = {
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "seed": self.seed,
        }
        return fields | {"stop": list(self.stop)} if self.stop else fields
