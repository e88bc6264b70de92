"""`allmanning webhook`: others' systems that are told when something happens."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Final, cast

import typer

from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.errors import InvalidInput

if TYPE_CHECKING:
    from allmanning.gateway.api.webhooks import DeliveriesOut, DeliveryOut, WebhooksOut, WebhookWithSecret
    from allmanning.node.client import Client
    from allmanning.runtime.record import Json

app = typer.Typer(help="Webhookar: era egna system får veta när något händer.", no_args_is_help=True)

_TRIED_FOR_S: Final = 30.0
_LOOK_EVERY_S: Final = 0.2

Which = Annotated[str, typer.Argument(help="Webhookens id, som list visar.")]


@app.command("list")
def list_(
    authority: AuthorityOption, data: Data = DEFAULT, url: Url = "", key: KeyOption = "", as_json: AsJson = False
) -> None:
    """Visa myndighetens webhookar."""
    with errors(as_json):
        found = cast("WebhooksOut", target(data, url, key).client(authority, "admin").get("/v1/webhooks"))

        def lines() -> None:
            for each in found["webhooks"]:
                state = each["reason"] if each["state"] == "disabled" else "på"
                console.print(f"{each['id']}  {each['url']}  {', '.join(each['events'])}  {state}", soft_wrap=True)

        show(cast("dict[str, Json]", found), as_json, lines)


@app.command("add")
def add(
    receiver: Annotated[str, typer.Argument(help="Mottagarens adress, med https.")],
    authority: AuthorityOption,
    event: Annotated[
        list[str], typer.Option("--event", "-e", help="review.opened|closed|due, document.ingested|…; upprepas.")
    ],
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Lägg till en mottagare. Hemligheten som signerar meddelandena visas bara nu."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        made = client.post("/v1/webhooks", {"url": receiver, "events": list["Json"](event)})
        told = cast("WebhookWithSecret", made)
        show(made, as_json, lambda: console.print(f"{told['id']}\n{told['secret']}", soft_wrap=True))


@app.command("remove")
def remove(
    webhook: Which,
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Ta bort en mottagare, med det som väntar på att skickas till den."""
    with errors(as_json):
        target(data, url, key).client(authority, "admin").delete(f"/v1/webhooks/{webhook}")
        show({"id": webhook}, as_json, lambda: console.print("Borttagen."))


@app.command("test")
def try_it(
    webhook: Which,
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Skicka ett prov och vänta på hur det går. Avslutas med 1 om det inte kom fram."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        sent = str(client.post(f"/v1/webhooks/{webhook}/ping", {})["id"])
        tried = _outcome(client, webhook, sent)
        arrived = tried["state"] == "delivered"
        told = "Kom fram" if arrived else f"Kom inte fram: {tried['error'] or 'webhook.waiting'}"
        status = f" ({tried['status']})" if tried["status"] else ""
        show(cast("dict[str, Json]", tried), as_json, lambda: console.print(f"{told}{status}.", markup=False))
    if not arrived:
        raise typer.Exit(1)


def _outcome(client: Client, webhook: str, sent: str) -> DeliveryOut:
    """The message when it has been tried, or as it is after a while.

    Raises:
        InvalidInput: `webhook.lost`, for one that is not among the latest any more.
    """
    deadline = time.monotonic() + _TRIED_FOR_S
    while True:
        known = cast("DeliveriesOut", client.get(f"/v1/webhooks/{webhook}/deliveries"))["deliveries"]
        found = next((each for each in known if each["id"] == sent), None)
        if found is None:
            raise InvalidInput("webhook.lost", "Provet finns inte bland de senaste meddelandena. Försök igen.")
        if found["attempts"] or time.monotonic() > deadline:
            return found
        time.sleep(_LOOK_EVERY_S)
