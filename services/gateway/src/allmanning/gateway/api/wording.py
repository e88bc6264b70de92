"""What an answer looks like in `content`: plain text, or one JSON object; piece by piece, as it is streamed."""

from __future__ import annotations

import json
from typing import Protocol

from pydantic import JsonValue

from allmanning.contracts.generate.v1.generate_pb import Finished, Sentence
from allmanning.gateway.answers import remainder
from allmanning.gateway.api.grounds import Grounds
from allmanning.gateway.api.response_format import Plan, pruned


class Words(Protocol):
    """The pieces of one answer; joined they are all of it."""

    def sentence(self, said: Sentence) -> str: ...

    def rest(self, finished: Finished, grounds: Grounds) -> str:
        """The last piece, which may be empty."""
        ...


def words(plan: Plan | None) -> Words:
    """As text, or as the object with the plan's fields."""
    return _Plain() if plan is None else _Object(plan)


class _Plain:
    def __init__(self) -> None:
        self._said = ""

    def sentence(self, said: Sentence) -> str:
        self._said += said.text
        return said.text

    def rest(self, finished: Finished, grounds: Grounds) -> str:  # noqa: ARG002 - the object's words have them
        return remainder(finished, self._said)


class _Object:
    """`sentences` comes first, for it is what can be sent while the work goes on."""

    def __init__(self, plan: Plan) -> None:
        self._inner = plan.get("sentences")
        self._others = {name: inner for name, inner in plan.items() if name != "sentences"}
        self._said = False

    def sentence(self, said: Sentence) -> str:
        if self._inner is None:
            return ""
        numbers: list[JsonValue] = [each.number for each in said.citations]
        told = pruned({"text": said.text.strip(), "citations": numbers}, self._inner)
        head = ", " if self._said else '{"sentences": ['
        self._said = True
        return head + _json(told)

    def rest(self, finished: Finished, grounds: Grounds) -> str:
        sources: list[JsonValue] = [
            {
                "number": each["number"],
                "title": each["document"]["title"],
                "page": each["location"]["page"],
                "quote": each["quote"],
                "link": each["link"],
            }
            for each in grounds["citations"]
        ]
        known: dict[str, JsonValue] = {"answer": finished.text, "sources": sources}
        known |= {name: grounds[name] for name in ("outcome", "reason", "language", "decision_id", "notice")}
        members = [f"{_json(name)}: {_json(pruned(known[name], inner))}" for name, inner in self._others.items()]
        if self._inner is None:
            return "{" + ", ".join(members) + "}"
        head = "]" if self._said else '{"sentences": []'
        return ", ".join([head, *members]) + "}"


def _json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)
