"""A list of synonyms as a YAML file: a line for each word, what people say and what documents write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from allmanning.runtime.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from allmanning.gateway.api.synonyms import SynonymOut


def rows(file: Path) -> Iterator[SynonymOut]:
    """The rows of a YAML file, in order; every word as it is written there, also `no` and `1`.

    Raises:
        NotFound: `file.not_found`.
        InvalidInput: `synonyms.invalid`, with the line.
    """
    try:
        root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise NotFound("file.not_found", f"Det finns ingen fil {file}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput("synonyms.invalid", f"{file} går inte att läsa som YAML.") from error
    if not isinstance(root, yaml.MappingNode):
        # Also an empty file: that everything should go must be said.
        raise InvalidInput("synonyms.invalid", f"{file} ska ha en rad per ord. Skriv {{}} för en tom lista.")
    for word, words in root.value:
        nodes = [word, *words.value] if isinstance(words, yaml.SequenceNode) else []
        texts = [each.value for each in nodes if isinstance(each, yaml.ScalarNode)]
        if not nodes or len(texts) < len(nodes):
            line = word.start_mark.line + 1
            raise InvalidInput("synonyms.invalid", f"{file}, rad {line}: skriv så här: dagis*: [förskola]")
        yield {"word": texts[0], "words": texts[1:]}


def written(synonyms: list[SynonymOut]) -> str:
    """The file that `rows` reads these from."""
    mapping = {each["word"]: each["words"] for each in synonyms}
    return yaml.safe_dump(mapping, allow_unicode=True, default_flow_style=None, sort_keys=False, width=1_000)
