"""Read a model's stream sentence by sentence."""

from __future__ import annotations

from allmanning.index.sentences import sentences


class SentenceReader:
    """Collects text and gives back each sentence once the next one has begun."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> list[str]:
        """The sentences that `text` completes."""
        *lines, self._rest = (self._rest + text).split("\n")
        complete = [sentence for line in lines for sentence in _sentences(line)]
        spans = sentences(self._rest)
        if len(spans) > 1:
            complete += [self._rest[start:end] for start, end in spans[:-1]]
            self._rest = self._rest[spans[-1][0] :]
        return complete

    def finish(self, *, cut_off: bool) -> list[str]:
        """What is left; a sentence that the model's token limit cut off is left out."""
        left, self._rest = _sentences(self._rest), ""
        return [each for each in left if not cut_off or each.rstrip("])0123456789[ ").endswith((".", "!", "?"))]


def _sentences(line: str) -> list[str]:
    return [line[start:end] for start, end in sentences(line)]
