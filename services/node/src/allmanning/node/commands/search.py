"""`allmanning search`: find passages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.text import Text

from allmanning.node.commands.key import RoleName
from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.hits import Hit, Hits, Understanding


class OrderName(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


def search(
    query: Annotated[
        str,
        typer.Argument(help='Vad du söker, med egna ord. "…" ger orden just så, -ord tar bort stycken med det ordet.'),
    ],
    authority: AuthorityOption = "exempelby",
    role: Annotated[RoleName, typer.Option("--role", "-r", help="Sök som den här rollen.")] = RoleName.CASEWORKER,
    collection: Annotated[
        list[str], typer.Option("--collection", "-c", help="Bara i den här samlingen. Kan anges flera gånger.")
    ] = [],  # noqa: B006 - typer copies defaults
    document_type: Annotated[
        list[str], typer.Option("--type", "-t", help="Bara den här typen av dokument. Kan anges flera gånger.")
    ] = [],  # noqa: B006
    dated_from: Annotated[str, typer.Option("--from", help="Började gälla tidigast, ÅÅÅÅ-MM-DD.")] = "",
    dated_until: Annotated[str, typer.Option("--until", help="Började gälla senast, ÅÅÅÅ-MM-DD.")] = "",
    order: Annotated[OrderName, typer.Option("--order", "-o", help="Ordning.")] = OrderName.RELEVANCE,
    limit: Annotated[int, typer.Option("--limit", "-n", help="Högst så många träffar.")] = 10,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Sök stycken i myndighetens dokument."""
    with errors(as_json):
        filters: dict[str, Json] = {
            "collections": [*collection],
            "document_types": [*document_type],
            "dated_from": dated_from,
            "dated_until": dated_until,
        }
        body: dict[str, Json] = {"query": query, "limit": limit, "order": order.value, "filters": filters}
        found = target(data, url, key).client(authority, role.value).search(body)
        show(cast("Mapping[str, Json]", found), as_json, lambda: _print(found))


def _print(found: Hits) -> None:
    for line in _understood(found["understanding"]):
        console.print(line, style="yellow", markup=False)
    for number, each in enumerate(found["passages"], 1):
        document, location = each["document"], each["location"]
        console.print(Text.assemble((f"{number}. {document['title']}", "bold"), "  ", (document["uri"], "dim")))
        place = [*location["headings"], *([f"s. {location['page']}"] if location["page"] else [])]
        if place:
            console.print(" › ".join(place), style="dim", markup=False)
        console.print(highlighted(each))
        console.print()
    console.print(f"{len(found['passages'])} av {found['found']} träffar.", markup=False)


def highlighted(found: Hit) -> Text:
    """The passage with the sentence that answers best in full colour and the words that were met in yellow."""
    sentence = found["sentence"]
    text = Text(found["text"], style="dim" if sentence else "")
    if sentence:
        text.stylize("not dim", sentence["start"], sentence["end"])
    for each in found["matches"]:
        text.stylize("bold yellow", each["start"], each["end"])
    return text


def _understood(understood: Understanding) -> Iterator[str]:
    """What to say of how the question was understood."""
    if understood["words_only"]:
        yield "Just nu söker vi bara på ord, inte på betydelse. Stycken som säger samma sak med andra ord kan saknas."
    for correction in understood["corrections"]:
        yield f"Visar träffar för {correction['meant']} (du skrev {correction['written']})."
    for expansion in understood["expansions"]:
        yield f"Söker även på {', '.join(expansion['words'])} (för {expansion['word']})."
