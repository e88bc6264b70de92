"""Sentences as caseworkers and citizens write them. All persons are invented; valid numbers are test numbers."""

from __future__ import annotations

import re

import pytest

from allmanning.index.personal.detect import detect

# {kind:what is to be found}
SENTENCES = [
    "Klaganden, {name:Maja Lindqvist}, {personnummer:850312-1234}, bor på {address:Storgatan 12 B, 416 55 Göteborg}.",
    "Ring {name:Ahmed Haddad} på {phone:070-123 45 67} eller mejla {email:ahmed.haddad@exempel.se}.",
    "Personnummer: {personnummer:19890201-3286}. Telefon: {phone:08-123 456 78}.",
    "Barnet ({personnummer:20150312-4567}) bor växelvis hos föräldrarna.",
    "Sökanden {name:Johan Eriksson} ({personnummer:7204191234}) har inkommit med komplettering.",
    "{name:Karin Ek}, född {personnummer:1972 04 19 1234}, söker bistånd enligt 4 kap. 1 § SoL.",
    "Samordningsnummer {personnummer:701063-2391} har tilldelats.",
    "Tillfälligt nummer {personnummer:19900101-T220} gäller till dess att Skatteverket beslutat.",
    "Modern nås på {phone:0739876543} dagtid och på {phone:+46 (0)31-12 34 56} kvällstid.",
    "Boende: {address:Norra Kyrkogatan 7, lgh 1102, 582 28 Linköping}.",
    "Handläggaren mejlade {email:lisa_berg+arende@mail.exempel.com} den 3 maj 2024.",
    "Utbetalning till bankgiro {account:5050-1055} och plusgiro {account:12 34 56-6}.",
    "Kontot är clearingnr {account:8327-9, 123 456 789-0} hos Swedbank.",
    "IBAN {account:SE45 5000 0000 0583 9825 7466} uppgavs.",
    "Vårdnadshavare: {name:Eva-Lena Nyström}, {phone:0046 70 123 45 67}.",
    "Den enskilde bor på {address:Björkvägen 3} sedan 2019-05-01.",
    "pnr {personnummer:890201-3287} (felskrivet) står i journalen",
    "Patienten med personnummer {personnummer:890231-1234} remitterades.",
    "Personnr: {personnummer:850312-123}, uppgiften ska kontrolleras.",
    "Han uppgav numret {personnummer:850312 – 1234} vid besöket.",
    "Make: {name:Per-Olof Sandström}, {personnummer:19450607-8901}, avliden.",
    "Fakturan skickas till {address:Box 1234, 111 82 Stockholm}.",
    "Mobil {phone:076 123 45 67}, hem {phone:0470-123 45}, arbete {phone:010-123 45 67}.",
    "Kontakta {name:Fatima Al-Sayed} via {email:fatima (at) exempel.se}.",
    "{name:Sven Johansson}s bror, {name:Lars Johansson}, äger fastigheten.",
    "Telefonnummer: {phone:0701234567}. Personnummer: {personnummer:0701052383}.",
    "Den 12/3 flyttade hon till {address:Lillvägen 4, 2 tr, 903 25 Umeå}.",
    "Besöksadress {address:S:t Eriksgatan 121}, ingång från gården.",
    "Ärendet avser {personnummer:198503121234} och {personnummer:198711305678}.",
    "{name:Lena Wallin} ringde om sitt bidrag, {personnummer:640917 1234}, och ville ha besked.",
    "Patienten {personnummer:7904125521} kom akut.",
    "adress: {address:storgatan 5, 12345 solna}",
    "Hyresgästen på {address:Solhem 14, 243 95 Höör} har klagat.",
]

NOTHING = [
    "Ärende BN 2024-001234, dnr 2024/123, SFS 2009:724, prop. 2013/14:128 s. 45.",
    "Organisationsnummer 556036-0793 och 212000-1355, VAT SE556036079301.",
    "Kostnaden är 140 000 kronor, 1 250 000 kr och 0,5 miljoner under 2020-2024.",
    "Enligt 4 kap. 1 § och 10 § gäller det från den 1 juli 2024 till den 31 december 2025.",
    "Avser perioden 240101-1231 och 20240101-0331.",
    "Loggen skrevs 202411151230 och 2024-11-15 12:30.",
    "OCR 8503121236, fakturanummer 8503121236 och kundnr 198503121234.",
    "Diarienummer 850312-1234 och ärendenummer 20240115-0012.",
    "Tabellen: 850 312 1234 | 1 234 | 5 678 | 99",
    "ISBN 978-91-7012-345-6, ISSN 0283-9989, GTIN 7310865004703.",
    "Öppet kl. 08.00-16.30, lunch 12.00-13.00, stängt 24/12-6/1.",
    "Koordinaterna är 6580822, 674032 och 59.3293, 18.0686.",
    "Bygglov för plank högre än 1,8 meter inom 4,5 meter från gräns, 30 kvm.",
    "Budget 2023 2024 2025 2026 och antal elever 120 135 140.",
    "Fastigheten Solhem 1:23 och Kvarteret Björken 14.",
    "08-15 varje dag, vecka 23-27, 070 är ett riktnummer.",
]


def _told(marked: str) -> tuple[str, list[tuple[str, str]]]:
    found = [(match[1], match[2]) for match in re.finditer(r"\{(\w+):([^}]*)\}", marked)]
    return re.sub(r"\{\w+:([^}]*)\}", r"\1", marked), found


@pytest.mark.parametrize("marked", SENTENCES)
def test_what_a_sentence_tells_of_somebody_is_found(marked: str) -> None:
    text, expected = _told(marked)

    assert [(each.kind, text[each.start : each.end]) for each in detect(text)] == expected


@pytest.mark.parametrize("text", NOTHING)
def test_other_numbers_are_nobodys(text: str) -> None:
    assert [(each.kind, text[each.start : each.end]) for each in detect(text)] == []
