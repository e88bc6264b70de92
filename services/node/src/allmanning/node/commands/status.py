"""`allmanning status`: is everything running?"""

from __future__ import annotations

import httpx2
import typer
from rich.table import Table

from allmanning.node.folder import DEFAULT, DataFolder
from allmanning.node.output import EXIT_NO, AsJson, Data, KeyOption, Url, console, errors, show
from allmanning.runtime.errors import Unavailable


def status(
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",  # noqa: ARG001 - every command takes it; health needs none
    as_json: AsJson = False,
) -> None:
    """Visa om plattformen och dess tjänster är igång. Slutkod 0 när allt är redo."""
    with errors(as_json):
        address = url or DataFolder(data).running().url
        try:
            health = httpx2.get(f"{address}/health", timeout=10).json()
        except (httpx2.HTTPError, ValueError) as error:
            raise Unavailable("gateway.unavailable", f"Plattformen svarar inte på {address}.") from error

        def text() -> None:
            table = Table("Tjänst", "Läge", title=address)
            for name, service in health["services"].items():
                table.add_row(name, service["text"])
            console.print(table)

        show({"url": address, **health}, as_json, text)
        if health["status"] != "ok":
            raise typer.Exit(EXIT_NO)
