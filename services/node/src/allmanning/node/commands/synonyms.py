"""`allmanning synonyms`: an authority's own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
import yaml

from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.errors import InvalidInput, NotFound
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.synonyms import SynonymOut

app = typer.Typer(help="Myndighetens egna ord: vad folk säger, och vad dokumenten skriver.", no_args_is_help=True)


@app.command("show")
def show_synonyms(
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa listan, så som `set` läser den."""
    with errors(as_json):
        known = target(data, url, key).client(authority, "caseworker").synonyms()
        text = _yaml(known["synonyms"])
        show(cast("Mapping[str, Json]", known), as_json, lambda: console.print(text, end="", markup=False))


@app.command("set")
def set_synonyms(
    file: Annotated[Path, typer.Argument(help="YAML med en rad per ord: dagis*: [förskola]")],
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Byt ut hela listan mot filens. Gäller från nästa sökning."""
    with errors(as_json):
        stored = target(data, url, key).client(authority, "admin").put_synonyms(list(rows(file)))
        count = len(stored["synonyms"])
        show(cast("Mapping[str, Json]", stored), as_json, lambda: console.print(f"Listan har nu {count} ord."))


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


def _yaml(synonyms: list[SynonymOut]) -> str:
    mapping = {each["word"]: each["words"] for each in synonyms}
    return yaml.safe_dump(mapping, allow_unicode=True, default_flow_style=None, sort_keys=False, width=1_000)
