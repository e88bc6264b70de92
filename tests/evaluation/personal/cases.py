"""Case sentences of the project's own, as caseworkers and citizens write them: invented persons, numbers mistyped.

`{KIND text}` marks an entity.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

CASES = (
    "Klienten {NAME Birgitta Åkerlund}, {NATIONAL_ID 19540312-4471}, bor på {ADDRESS Björkvägen 14, 123 45 Exempelby}.",
    "{NAME Omar Farah} nås på {PHONE 070-312 45 67} eller {EMAIL omar.farah@exempel.se}.",
    "Sökande: {NAME Elsa-Karin Ström}\nPersonnr: {NATIONAL_ID 880101 1234}\nTelefon: {PHONE 0123-456 78}",
    "Brukaren {NAME Tore} har bytt nummer till {PHONE 0701234567}.",
    "Patienten {NAME Amina Hassan} ({NATIONAL_ID 9104030977}) har remitterats.",
    "Hej, {NAME Jörgen Lind} här, mitt personnummer är {NATIONAL_ID 7207144432}. Ring mig på {PHONE 08-123 456 78}.",
    "Vårdnadshavaren {NAME Susanne Bäckman} anmäler att {NAME Wilma} är frånvarande.",
    "Anmälan gjordes av {NAME Per-Olof Sandgren}, {ADDRESS Kyrkogatan 3 B}, den 4 maj.",
    "{NATIONAL_ID 20141122-3390} {NAME Noah Lindholm}, {ADDRESS Storgatan 8 i Exempelby}",
    "Fakturan skickas till {NAME Gun Persson}, {ADDRESS Ringvägen 112 lgh 1203, 12346 Exempelby}.",
    "Enligt {NAME Leila} har hyran för {ADDRESS Industrigatan 27} inte betalats.",
    "Kontakta {NAME Håkan} på {EMAIL hakan_berg@post.exempel.org} om tiden inte passar.",
    "Socialsekreterare {NAME Nina Dahlqvist} talade med {NAME Reza Ahmadi} i går.",
    "Min son {NAME Melvin} är född {NATIONAL_ID 180522-1199} och behöver skolskjuts från {ADDRESS Norra Vägen 5}.",
    "Mvh {NAME Yvonne Sjöberg}, tel. {PHONE +46 70 123 45 67}",
    "Grannen {NAME Kurt} på {ADDRESS Ekstigen 9} har klagat på buller.",
    "Ansökan från {NAME Fatima El-Sayed}, {NATIONAL_ID 850229-4410}, kom in på fredagen.",
    "Du når {NAME Lars-Erik Holm} på mobil {PHONE 073 123 45 67} efter klockan tre.",
    "Hennes adress är {ADDRESS Strandvägen 41, 123 47 Norrvik} och hon har e-posten {EMAIL britt@exempel.nu}.",
    "Handläggaren {NAME Cecilia Norén} beslutade enligt 9 kap. 2 § plan- och bygglagen.",
    "Nämnden beslutade den 12 mars 2026 i ärende BMN 2026/311 om bygglov för fastigheten Kvarnängen 2:14.",
    "Organisationsnumret är 556036-0793 och fakturans OCR-nummer 8503121234567.",
    "Exempelby kommun har 23 400 invånare, och Region Exempel svarar för vården.",
    "Avgiften är 1 250 kronor enligt taxan som gäller från den 1 januari 2026.",
)


def rows() -> Iterator[dict[str, object]]:
    """The sentences as `allmanning evaluate pii` reads them."""
    for case in CASES:
        text, entities, at = "", [], 0
        for match in re.finditer(r"\{(\w+) ([^}]+)\}", case):
            text += case[at : match.start()]
            entities.append({"label": match[1], "start": len(text), "end": len(text) + len(match[2])})
            text += match[2]
            at = match.end()
        yield {"text": text + case[at:], "entities": entities}


def write(folder: Path) -> Path:
    """The sentences as a file in `folder`."""
    path = folder / "cases.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows()), encoding="utf-8")
    return path
