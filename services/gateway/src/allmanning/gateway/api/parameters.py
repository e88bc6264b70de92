"""Parameters of OpenAI's chat API that this platform does not have: refused by name, never passed over."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Final

from pydantic_core import PydanticCustomError

from allmanning.gateway.repeating import repeatable

# With the values that ask for nothing and are what clients send by default. null always asks for nothing.
UNSUPPORTED: Final[Mapping[str, tuple[object, ...]]] = {
    "n": (1,),
    "tools": ([],),
    "tool_choice": ("none", "auto"),
    "parallel_tool_calls": (True, False),
    "functions": ([],),
    "function_call": ("none", "auto"),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "logit_bias": ({},),
    "modalities": (["text"],),
    "audio": (),
    "prediction": (),
    "web_search_options": (),
    "reasoning_effort": (),
    "verbosity": (),
    "top_p": (1,),
    "frequency_penalty": (0,),
    "presence_penalty": (0,),
    "service_tier": ("auto", "default"),
    "store": (False,),
    "metadata": ({},),
    "moderation": (),
    "prompt_cache_options": (),
    "prompt_cache_retention": (),
}
WITHOUT_EFFECT: Final = ("user", "safety_identifier", "prompt_cache_key")

# Of a message; what a client sends back of an answer of ours has them as null or empty.
_MESSAGE: Final[Mapping[str, tuple[object, ...]]] = {
    "name": (),
    "tool_calls": ([],),
    "tool_call_id": (),
    "function_call": (),
    "audio": (),
    "refusal": (),
    "annotations": ([],),
}


def check_parameters(given: object, known: Container[str]) -> None:
    """Refuse the parameters of a request that are not `known` (and not asking for nothing).

    Raises:
        PydanticCustomError: `unsupported_parameter`, `unknown_parameter`, with the name in its context.
    """
    _check(given, known, UNSUPPORTED)


def check_message(given: object, known: Container[str]) -> None:
    """Refuse what a message holds besides role and text.

    Raises:
        PydanticCustomError: as `check_parameters`; `unsupported_part` for pictures, sound and files.
    """
    _check(given, known, _MESSAGE)
    content = given.get("content") if isinstance(given, dict) else None
    for place, part in enumerate(content if isinstance(content, list) else ()):
        kind = part.get("type") if isinstance(part, dict) else None
        if isinstance(kind, str) and kind != "text":
            raise PydanticCustomError("unsupported_part", "unsupported", {"name": f"content[{place}].type"})


def _check(given: object, known: Container[str], unsupported: Mapping[str, tuple[object, ...]]) -> None:
    if not isinstance(given, dict):
        return
    for name, value in given.items():
        if name in known:
            continue
        if name not in unsupported:
            raise PydanticCustomError("unknown_parameter", "unknown", {"name": repeatable(name)})
        if value is not None and not any(
            (value == each and type(value) is not bool) or value is each for each in unsupported[name]
        ):
            raise PydanticCustomError("unsupported_parameter", "unsupported", {"name": repeatable(name)})
