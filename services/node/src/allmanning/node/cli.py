"""The command line `allmanning`."""

from __future__ import annotations

import typer

from allmanning.node.commands import (
    ask,
    audit,
    authority,
    collection,
    deployment,
    evaluate,
    forget,
    hold,
    ingest,
    key,
    log,
    log_state,
    mcp,
    queue,
    registers,
    report,
    reviews,
    rules,
    search,
    source,
    status,
    synonyms,
    up,
    user,
    witness,
)

app = typer.Typer(
    name="allmanning",
    help="Allmänning: en assistent som kommuner och regioner delar.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("up")(up.up)
app.command("status")(status.status)
app.command("ingest")(ingest.ingest)
app.command("search")(search.search)
app.command("ask")(ask.ask)
app.command("mcp")(mcp.mcp)
app.command("report")(report.report)
app.add_typer(key.app, name="key")
app.add_typer(user.app, name="user")
app.add_typer(authority.app, name="authority")
app.add_typer(source.app, name="source")
app.add_typer(queue.app, name="queue")
log.app.command("status")(log_state.status)
log.app.command("seal")(log_state.seal)
app.add_typer(log.app, name="log")
app.add_typer(registers.app, name="registers")
app.add_typer(witness.app, name="witness")
app.add_typer(audit.app, name="audit")
app.add_typer(reviews.app, name="reviews")
app.add_typer(forget.app, name="forget")
app.add_typer(hold.app, name="hold")
app.add_typer(rules.app, name="rules")
app.add_typer(deployment.app, name="deployment")
app.add_typer(collection.app, name="collection")
app.add_typer(synonyms.app, name="synonyms")
app.add_typer(evaluate.app, name="evaluate")


def main() -> None:
    """Entry point of the installed command."""
    app()


if __name__ == "__main__":
    main()
