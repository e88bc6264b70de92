"""An authority's own words from a file, so that a list can be tried before `allmanning synonyms set` puts it in use."""

from __future__ import annotations

from pathlib import Path

from allmanning.contracts.retrieve.v1.retrieve_pb import Synonym
from allmanning.node.synonym_file import rows
from allmanning.retrieve.synonyms import OwnWords, checked_synonyms, own_words_of


class FileVocabulary:
    """A `Vocabulary` in which every authority has these words."""

    def __init__(self, words: OwnWords) -> None:
        self._words = words

    async def own_words(self, authority: str) -> OwnWords:  # noqa: ARG002 (the name is the Protocol's)
        return self._words


def read_vocabulary(file: Path) -> FileVocabulary:
    """The words in a YAML file, as `allmanning synonyms set` reads them.

    Raises:
        InvalidInput: `synonyms.invalid`, with the row.
    """
    synonyms = [Synonym(word=row["word"], words=row["words"]) for row in rows(file)]
    return FileVocabulary(own_words_of(checked_synonyms(synonyms)))
