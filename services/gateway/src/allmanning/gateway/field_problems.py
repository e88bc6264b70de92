"""What is wrong with a field of a request, told by the field's own path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from fastapi.exceptions import RequestValidationError

from allmanning.gateway.language import LANGUAGES, translate
from allmanning.gateway.repeating import repeatable
from allmanning.runtime.errors import PlatformError, error_of


def field_problem(error: RequestValidationError) -> tuple[PlatformError, str | None]:
    """The first thing that is wrong, worded in both languages, and the path of its field (`messages[0].role`)."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return error_of(400, "json.malformed", "Innehållet är inte giltig JSON."), None
    kind, param = first["type"], repeatable(_path(first["loc"]))
    context = {name: repeatable(value) for name, value in (first.get("ctx") or {}).items()}
    if "name" in context and kind in CODES:
        # The check is made on the object around it.
        param = context["name"] if len(first["loc"]) == 1 else f"{param}.{context['name']}"
    message = _field_message(kind, param, context)
    return error_of(400, CODES.get(kind, "field.invalid"), message), param


def _path(location: Sequence[str | int]) -> str:
    """`("body", "messages", 0, "role")` as `messages[0].role`."""
    path = ""
    for each in location[1:]:
        if isinstance(each, str) and (each == "str" or "[" in each):
            # Pydantic's name for a branch of a union, which no caller knows.
            continue
        path += f"[{each}]" if isinstance(each, int) else f".{each}"
    return path.lstrip(".") or str(location[0])


# Of checks that are ours; the context has the `name` of the field that is wrong, but for the first.
CODES: Final[Mapping[str, str]] = {
    "extra_forbidden": "parameter.unknown",
    "unsupported_parameter": "parameter.unsupported",
    "unknown_parameter": "parameter.unknown",
    "unsupported_part": "content.unsupported",
    "schema_not_fulfilled": "response_format.unfulfillable",
    "two_limits": "field.invalid",
}

FIELD_MESSAGES: Final[Mapping[str, str]] = {
    "extra_forbidden": "Det finns inget fält som heter {param}.",
    "unsupported_parameter": "Det som {param} ber om finns inte här. Utelämna fältet.",
    "unknown_parameter": "Det finns inget fält som heter {param}.",
    "unsupported_part": "En fråga kan bara vara text, inte bild, ljud eller fil. Ändra {param}.",
    "schema_not_fulfilled": "Svaret kan inte följa schemat vid {param}. Sidan /api visar vilka fält som finns.",
    "two_limits": "max_tokens och max_completion_tokens säger olika. Ange en av dem.",
    "missing": "Fältet {param} saknas.",
    "string_type": "Fältet {param} ska vara text.",
    "int_parsing": "Fältet {param} ska vara ett heltal.",
    "int_type": "Fältet {param} ska vara ett heltal.",
    "int_from_float": "Fältet {param} ska vara ett heltal.",
    "float_type": "Fältet {param} ska vara ett tal.",
    "bool_type": "Fältet {param} ska vara true eller false.",
    "bool_parsing": "Fältet {param} ska vara true eller false.",
    "list_type": "Fältet {param} ska vara en lista.",
    "model_attributes_type": "Fältet {param} ska vara ett objekt.",
    "literal_error": "Fältet {param} ska vara ett av {expected}.",
    "unknown_name": "Fältet {param} har inget som heter {name}. Där finns {expected}.",
    "date_from_datetime_parsing": "Fältet {param} ska vara ett datum, skrivet ÅÅÅÅ-MM-DD.",
    "date_parsing": "Fältet {param} ska vara ett datum, skrivet ÅÅÅÅ-MM-DD.",
    "greater_than_equal": "Fältet {param} ska vara minst {ge}.",
    "less_than_equal": "Fältet {param} ska vara högst {le}.",
    "too_short": "Fältet {param} har för få värden.",
    "string_too_long": "Fältet {param} är för långt.",
    "other": "Fältet {param} har ett värde som inte går att använda.",
}


def _field_message(kind: str, param: str, context: Mapping[str, object]) -> str:
    """In both languages, as services word details: the code alone would not name the field."""
    template = FIELD_MESSAGES.get(kind, FIELD_MESSAGES["other"])
    values = {**context, "param": param, "expected": str(context.get("expected", "")).replace(" or ", ", ")}
    swedish, english = (translate(template, language, **values) for language in LANGUAGES)
    return f"{swedish} ({english})"
