"""How to reach a person at the authority, in a sentence for whoever is told to."""

from __future__ import annotations

from allmanning.generate.authority import Contact


def reached(contact: Contact, language: str) -> str:
    """Swedish for Swedish, English for every other language; empty when the operator has written nothing down."""
    swedish = language == "sv"
    ways = []
    if contact.phone:
        ways.append(f"{'Ring' if swedish else 'Call'} {contact.phone}.")
    if contact.switchboard:
        ways.append(f"{'Växel' if swedish else 'Switchboard'}: {contact.switchboard}.")
    if contact.hours and (contact.phone or contact.switchboard):
        ways.append(f"{'Öppet' if swedish else 'Open'} {contact.hours}.")
    if contact.email:
        ways.append(f"{'Mejla' if swedish else 'Write to'} {contact.email}.")
    if contact.visit:
        ways.append(f"{'Besök' if swedish else 'Visit'}: {contact.visit}.")
    if contact.url:
        ways.append(f"{'Mer finns på' if swedish else 'More at'} {contact.url}")
    return " ".join(ways)
