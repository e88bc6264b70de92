"""What a card says, as Swedish sentences that forms are filled with. A fact that is not known is empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from allmanning.audit.log.json_path import objects, text
from allmanning.runtime.record import Json

OUTCOMES: Final = {
    "answered": "besvarade direkt",
    "abstained": "inget säkert svar fanns",
    "refused": "avböjda",
    "handed_over": "lämnade till en människa",
    "review": "granskade av en människa före svar",
}
REVIEWS: Final = {"approved": "godkända", "edited": "ändrade", "rejected": "avvisade"}
ROLES: Final = {
    "citizen": "invånare",
    "caseworker": "handläggare",
    "auditor": "revisorer",
    "admin": "administratörer",
}
CHANNELS: Final = {"citizen": "öppen webbsida", "internal": "personalens sida", "api": "programgränssnitt (API)"}
LANGUAGES: Final = {"sv": "svenska", "en": "engelska", "fi": "finska"}
KINDS: Final = {
    "signals": "ord som avgör hur en fråga förstås",
    "kinds": "hur en frågas betydelse avgörs",
    "notices": "besked till den som frågar",
    "authority": "uppgifter om myndigheten",
    "prompt": "instruktion till modellen",
    "model": "modell",
    "config": "inställningar",
    "code": "programkod",
    "rules": "regler",
    "index": "sökindex",
}


def facts_of(card: Mapping[str, Json]) -> dict[str, str]:
    """The facts by name; forms refer to the names."""
    authority, use, model = _object(card, "authority"), _object(card, "use"), _object(card, "model")
    return {
        "authority": text(authority, "name") or text(authority, "id"),
        "contact": text(authority, "contact"),
        "system": f"Allmänning {text(card, 'version')}",
        "reference": f"Beslutslogg {', '.join(text(each, 'origin') for each in objects(card.get('log')))}",
        "phase": _phase(use),
        "frequency": _frequency(use),
        "outcomes": _counted("Utfall", _object(use, "outcomes"), OUTCOMES),
        "human_review": _human_review(use),
        "groups": _counted("Frågor från", _object(use, "by_role"), ROLES),
        "channels": _counted("Kanaler", _object(use, "by_channel"), CHANNELS),
        "languages": _counted("Språk", _object(use, "by_language"), LANGUAGES),
        "use_cases": _counted("Användningsområden", _object(use, "by_use_case"), {}),
        "units": _counted("Enheter", _object(use, "by_unit"), {}),
        "model": _model(model),
        "model_name": text(model, "model_name") or text(model, "answerer"),
        "pins": _pins(card),
        "rules": _rules(card),
        "legal_bases": _legal_bases(card),
        "sources": _sources(card),
        "retention": _retention(card),
        "content": _content(card),
        "changes": _changes(card),
        "declared": _declared(card),
        "deployments": _deployments(card),
        "log": _log(card),
        "code": _code(card),
        "made_at": text(card, "made_at")[:10],
    }


def _phase(use: Mapping[str, Json]) -> str:
    return "I drift" if _number(use, "decisions") else "Ännu utan användning i loggen"


def _frequency(use: Mapping[str, Json]) -> str:
    months = _object(use, "months")
    if not months:
        return ""
    counts = [_number(months, month) for month in months]
    period = f"{min(months)} till {max(months)}"
    average = round(sum(counts) / len(counts))
    return f"Uppmätt i loggen {period}: {sum(counts)} frågor, i snitt {average} i månaden (högst {max(counts)})."


def _human_review(use: Mapping[str, Json]) -> str:
    outcomes = _object(use, "outcomes")
    ended = sum(_number(outcomes, each) for each in outcomes)
    if not ended:
        return ""
    share = use.get("automated_share")
    with_person = _number(outcomes, "review") + _number(outcomes, "handed_over")
    said = f"En människa deltog i {with_person} av {ended} avslutade frågor"
    if isinstance(share, (int, float)):
        said += f" ({_percent(1 - share)}); resten avgjordes av reglerna"
    said += "."
    reviews, rate = _object(use, "reviews"), use.get("reversal_rate")
    if reviews and isinstance(rate, (int, float)):
        said += f" {_counted('Granskningar', reviews, REVIEWS)} Andel som ändrades eller avvisades: {_percent(rate)}."
    if withdrawn := _number(use, "withdrawn"):
        said += f" Svar som lämnades ut och senare inte stod sig: {withdrawn}."
    return said


def _model(model: Mapping[str, Json]) -> str:
    answerer, name, api = (text(model, key) for key in ("answerer", "model_name", "model_api"))
    if not answerer:
        return ""
    if answerer == "extractive":
        return "Svaren är meningar ordagrant ur källorna, utvalda utan språkmodell."
    said = f"Svaren formuleras av {answerer}."
    if name:
        said += f" Modell: {name}."
    if api:
        said += f" Gränssnitt: {api}."
    settings = [
        f"{key.removeprefix('model_')} {model[key]}" for key in ("model_temperature", "model_seed") if key in model
    ]
    return f"{said} Inställningar: {', '.join(settings)}." if name and settings else said


def _pins(card: Mapping[str, Json]) -> str:
    lines = [
        f"{KINDS.get(kind, kind)}: {text(each, 'value')} (sedan {text(each, 'since')[:10]})"
        for kind, each in sorted(_object(card, "configuration").items())
        if isinstance(each, dict)
    ]
    return "\n".join(lines)


def _rules(card: Mapping[str, Json]) -> str:
    rows = objects(card.get("rules"))
    lines = [f"{text(row, 'regel')} ({text(row, 'utfall')}): {text(row, 'text')}" for row in rows]
    return "\n".join(["Reglerna läses uppifrån; den första som är uppfylld bestämmer:", *lines]) if lines else ""


def _legal_bases(card: Mapping[str, Json]) -> str:
    found: dict[str, None] = {}
    for row in objects(card.get("rules")):
        basis = row.get("lagrum")
        for each in basis if isinstance(basis, list) else [basis]:
            if isinstance(each, dict) and (sfs := text(each, "sfs")):
                chapter, paragraph = text(each, "kap"), text(each, "paragraf")
                sign = "§§" if "–" in paragraph or "," in paragraph else "§"
                found[f"SFS {sfs}, {f'{chapter} kap. ' if chapter else ''}{paragraph} {sign}"] = None
    return f"Lagrum som reglerna anger: {'; '.join(sorted(found))}." if found else ""


def _sources(card: Mapping[str, Json]) -> str:
    sources = _object(card, "sources")
    searches = _number(sources, "searches")
    if not searches:
        return ""
    return (
        f"Myndighetens egna publicerade handlingar. I de {searches} senaste sökningarna hittades stycken ur "
        f"{_number(sources, 'documents')} handlingar; i {_number(sources, 'held_back')} sökningar hölls något tillbaka "
        "för att den som frågade inte fick läsa det."
    )


def _retention(card: Mapping[str, Json]) -> str:
    held: dict[str, set[str]] = {}
    for each in objects(_object(card, "records").get("content")):
        held.setdefault(text(each, "class"), set()).add(text(each, "part"))
    lines = []
    for each in objects(card.get("retention")):
        decision, parts = text(each, "decision"), sorted(held.pop(text(each, "class"), ()))
        by = f"beslut {decision}" if decision else "inget gallringsbeslut ännu"
        lines.append(f"{text(each, 'class')}: {text(each, 'meaning')} ({by}). Innehåll: {', '.join(parts) or 'inget'}.")
    lines += [f"{name}: okänd klass. Innehåll: {', '.join(sorted(parts))}." for name, parts in sorted(held.items())]
    return "\n".join(["Gallringsklasser:", *lines]) if lines else ""


def _content(card: Mapping[str, Json]) -> str:
    parts = sorted({text(each, "part") for each in objects(_object(card, "records").get("content"))})
    return f"Slag av innehåll i loggen: {', '.join(parts)}." if parts else ""


def _changes(card: Mapping[str, Json]) -> str:
    found = objects(card.get("changes"))
    lines = [f"{text(each, 'at')[:10]} {KINDS.get(text(each, 'kind'), text(each, 'kind'))}" for each in found]
    return "\n".join(["Senaste ändringar enligt loggen:", *lines]) if lines else "Inga ändringar i loggen."


def _declared(card: Mapping[str, Json]) -> str:
    declared = _object(card, "declared")
    if not declared:
        return ""
    words = {
        "least_a_month": "minst {} frågor i månaden",
        "most_a_month": "högst {} frågor i månaden",
        "groups": "grupper: {}",
        "channels": "kanaler: {}",
        "languages": "språk: {}",
        "most_automated": "andel utan människa högst {}",
    }
    said = [
        words[key].format(", ".join(str(one) for one in value) if isinstance(value, list) else value)
        for key, value in declared.items()
        if key in words
    ]
    return f"Angiven användning ({text(card, 'declared_at')[:10]}): {'; '.join(said)}. Larm: {_number(card, 'alarms')}."


def _deployments(card: Mapping[str, Json]) -> str:
    lines = []
    for each in objects(card.get("deployments")):
        if each.get("in_force") is True:
            uses, channels = _names(each, "use_cases"), _names(each, "channels")
            until = f" till {text(each, 'valid_to')}" if text(each, "valid_to") else ""
            number = f", dnr {text(each, 'dnr')}" if text(each, "dnr") else ""
            lines.append(f"{uses} i kanalerna {channels}, från {text(each, 'valid_from')}{until}{number}")
    return "\n".join(["Gällande beslut om ibruktagande:", *lines]) if lines else ""


def _names(value: Mapping[str, Json], name: str) -> str:
    found = value.get(name)
    return ", ".join(each for each in found if isinstance(each, str)) if isinstance(found, list) else ""


def _log(card: Mapping[str, Json]) -> str:
    logs = objects(card.get("log"))
    return "\n".join(f"{text(each, 'origin')}: {_number(each, 'size')} poster" for each in logs)


def _code(card: Mapping[str, Json]) -> str:
    packages = _object(_object(card, "code"), "packages")
    if not packages:
        return ""
    named = ", ".join(f"{name} {each}" for name, each in sorted(packages.items()))
    return f"Öppen källkod under EUPL-1.2. Paket: {named}."


def _counted(title: str, counts: Mapping[str, Json], words: Mapping[str, str]) -> str:
    known = [(words.get(key, key), _number(counts, key)) for key in counts if key]
    said = ", ".join(f"{name} {number}" for name, number in sorted(known, key=lambda each: -each[1]))
    return f"{title}: {said}." if said else ""


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %".replace(".", ",")


def _object(value: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _number(value: Mapping[str, Json], name: str) -> int:
    found = value.get(name)
    return int(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else 0
