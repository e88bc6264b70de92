"""`allmanning evaluate`: how good are search and answers?"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allmanning.node.folder import DEFAULT, DataFolder
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.node.evaluate.measured import Measured

AgainstMeasured = Annotated[
    Path | None, typer.Option("--against", help="Jämför med ett sparat resultat (JSON) på samma rader.")
]
SaveMeasured = Annotated[Path | None, typer.Option("--save", help="Spara resultatet och dess villkor som JSON.")]

Keep = Annotated[
    str, typer.Option("--keep", help="Behåll måtten under ett namn i datamappen: de visas på /admin/evaluations.")
]

app = typer.Typer(help="Mät hur bra sökning och svar är.", no_args_is_help=True)


@app.command("retrieval")
def retrieval(
    folder: Annotated[Path, typer.Argument(help="Mapp med queries.jsonl, corpus.jsonl och qrels.tsv.")],
    settings: Annotated[
        Path | None, typer.Option("--settings", help="YAML med ändrade inställningar för sökningen.")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", help="Jämför med andra inställningar (YAML) eller sparad körning (JSON)."),
    ] = None,
    save: Annotated[Path | None, typer.Option("--save", help="Spara vad varje fråga fann som JSON.")] = None,
    keep: Keep = "",
    data: Data = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Mät sökningen på en mängd frågor med facit. Kräver ingen nod."""
    from allmanning.node.evaluate.report import report
    from allmanning.node.evaluate.result import Result, rows_pin
    from allmanning.node.evaluate.retrieval import evaluated

    with errors(as_json):
        outcome = asyncio.run(evaluated(folder, settings, against))
        if save:
            outcome.run.save(save)
        if keep:
            pins = {"index": outcome.run.index_version} | rows_pin(folder / "queries.jsonl")
            Result.of("retrieval", keep, folder, dict(outcome.figures.as_dict()), pins).keep(DataFolder(data).path)
        figures, comparison = outcome.figures.as_dict(), outcome.comparison
        if comparison is None:
            show(dict(figures), as_json, lambda: _print(dict(figures)))
        else:
            show(comparison.as_dict(), as_json, lambda: console.print(report(comparison), markup=False))


@app.command("answers")
def answers(
    file: Annotated[Path, typer.Argument(help="Frågor med facit, en JSON per rad: id, question, expect, facts …")],
    against: Annotated[
        Path | None, typer.Option("--against", help="Jämför med sparade svar (JSON) på samma frågor.")
    ] = None,
    save: Annotated[Path | None, typer.Option("--save", help="Spara svaren och deras villkor som JSON.")] = None,
    keep: Keep = "",
    authority: AuthorityOption = "exempelby",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Mät svaren på frågor med facit mot en nod som kör: fakta, källa, trohet, utfall, språk, läsbarhet och längd."""
    from allmanning.gateway.evaluation.figures import figures_of_answers
    from allmanning.gateway.evaluation.questions import read_questions
    from allmanning.node.evaluate.answer_comparison import compared
    from allmanning.node.evaluate.answer_run import AnswerRun
    from allmanning.node.evaluate.answers import answered, judged, misses
    from allmanning.node.evaluate.asking import asking
    from allmanning.node.evaluate.result import Result, rows_pin

    with errors(as_json):
        questions = read_questions(file)
        before = AnswerRun.read(against) if against else None
        if before:
            judged(questions, before)
        run = asyncio.run(answered(questions, asking(target(data, url, key), authority, file.parent / "documents")))
        if save:
            run.save(save)
        if keep:
            found = figures_of_answers(judged(questions, run)).as_dict()
            pins = {**run.pins, **rows_pin(file)}
            result = Result.of("answers", keep, file, found, pins, authority=authority, model=run.model)
            result.keep(DataFolder(data).path)
        if before:
            comparison = compared(questions, before, run)
            show(comparison.as_dict(), as_json, lambda: console.print(comparison.report(), markup=False))
        else:
            checks = judged(questions, run)
            wrong: list[Json] = [*misses(checks)]
            figures = {
                **figures_of_answers(checks).as_dict(), "model": run.model, "pins": dict(run.pins), "misses": wrong,
            }  # fmt: skip
            show(figures, as_json, lambda: _print(figures))


@app.command("pii")
def pii(
    folder: Annotated[
        Path,
        typer.Argument(help='Mapp med .jsonl eller .json: rader {"text", "entities": [{"label", "start", "end"}]}.'),
    ],
    against: AgainstMeasured = None,
    save: SaveMeasured = None,
    keep: Keep = "",
    data: Data = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Mät hur mycket av personuppgifterna i märkt text som hittas. Kräver ingen nod.

    En märkt uppgift är funnen (recall) när minst hälften av dess tecken täcks av fynd av samma slag. Ett fynd är rätt
    (precision) när minst hälften av dess tecken täcks av märkta uppgifter av samma slag. En fil prövar bara de slag som
    den märker. Slagen är NATIONAL_ID, PHONE, EMAIL, ADDRESS och NAME; vanliga andra namn (PERSON, SSN …) går bra.
    """
    from allmanning.node.evaluate.personal import evaluate_personal, personal_report

    with errors(as_json):
        figures = evaluate_personal(folder)
        _told(figures.measured(), personal_report(figures), against, save, as_json=as_json)
        if keep:
            _keep(figures.measured(), keep, folder, data)


@app.command("injection")
def injection(
    folder: Annotated[
        Path, typer.Argument(help='Mapp med .jsonl eller .json: {"text", "label"}, 1 = angrepp, 0 = vanlig text.')
    ],
    against: AgainstMeasured = None,
    save: SaveMeasured = None,
    keep: Keep = "",
    data: Data = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Mät hur ofta planterade instruktioner åtlyds och hur ofta vanlig text avvisas. Kräver ingen nod.

    Varje text planteras i ett stycke som har svaret och i en fråga. Tjänstens egen väg från fråga till svar körs med
    en modell som lyder allt den läser: den säger det som angreppet vill ha sagt, ett eget kännetecken och sin
    systemprompt. Åtlydd är ett angrepp när något av det lämnas ut. En vanlig text är avvisad när frågan avböjs, eller
    när svaret i samma stycke inte lämnas ut. En rad utan label räknas som angrepp.
    """
    from allmanning.node.evaluate.injection.evaluation import evaluate_injection, injection_report

    with errors(as_json):
        figures = asyncio.run(evaluate_injection(folder))
        _told(figures.measured(), injection_report(figures), against, save, as_json=as_json)
        if keep:
            _keep(figures.measured(), keep, folder, data)


def _told(measured: Measured, report: str, against: Path | None, save: Path | None, *, as_json: bool) -> None:
    """Shown, compared with what was kept when that is asked for, and kept itself."""
    from allmanning.node.evaluate.measured import Measured, comparison_report

    compared = measured.since(Measured.read(against)) if against else None
    if save:
        measured.save(save)
    text = report if compared is None else f"{report}\n{comparison_report(compared)}"
    show(measured.as_dict() if compared is None else compared, as_json, lambda: console.print(text, markup=False))


def _keep(measured: Measured, name: str, folder: Path, data: Path) -> None:
    from allmanning.node.evaluate.result import Result

    Result.of(measured.measure, name, folder, measured.found, measured.pins).keep(DataFolder(data).path)


def _print(figures: Mapping[str, Json]) -> None:
    for name, value in figures.items():
        if isinstance(value, list):
            for miss in value:
                console.print(f"  {miss}", markup=False)
        else:
            console.print(f"{name:<16} {value}", markup=False)
