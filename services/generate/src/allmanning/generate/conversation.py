"""The question in a conversation, and what it refers back to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from allmanning.contracts.generate.v1.generate_pb import Message
from allmanning.generate.extract.terms import terms
from allmanning.runtime.errors import InvalidInput

_ROLES = frozenset({"user", "assistant", "system"})
_REFERS_BACK = re.compile(
    r"^(?:och|men|då|fast|även|samma|också|and|but|what about|how about)\b"
    r"|\b(?:det|den|de|dem|detta|denna|dessa|dit|därifrån|där|sådan\w*|it|that|those|them|they|there)\b",
    re.IGNORECASE,
)
_FEWEST_TERMS = 3
_TOO_FEW_TERMS = 1


@dataclass(frozen=True)
class Asking:
    """The last question and, when it cannot be understood alone, the one before it."""

    question: str
    before: str = ""

    @property
    def full(self) -> str:
        """What is searched for: the question with what it refers to."""
        return f"{self.before} {self.question}".strip()


def asking(messages: Sequence[Message], max_chars: int) -> Asking:
    """The question that a conversation ends with.

    A question is taken together with the one before it when it has a single search term, or up to three and a word
    that points back ("Och hur mycket kostar det?").

    Raises:
        InvalidInput: `messages.invalid`, `question.empty` or `question.too_long`.
    """
    if not messages or messages[-1].role != "user" or any(each.role not in _ROLES for each in messages):
        raise InvalidInput(
            "messages.invalid", "Samtalet ska sluta med en fråga: ett meddelande med rollen user."
        )  # fmt: skip
    question = messages[-1].content.strip()
    if not question:
        raise InvalidInput("question.empty", "Frågan är tom. Skriv vad du undrar över.")
    if len(question) > max_chars:
        raise InvalidInput("question.too_long", f"Frågan är {len(question)} tecken lång. Högst {max_chars} går bra.")
    earlier = [each.content.strip() for each in messages[:-1] if each.role == "user" and each.content.strip()]
    return Asking(question, earlier[-1][:max_chars] if earlier and _is_elliptic(question) else "")


def _is_elliptic(question: str) -> bool:
    count = len(terms(question))
    return count <= _TOO_FEW_TERMS or (count <= _FEWEST_TERMS and bool(_REFERS_BACK.search(question)))
