"""Check digits of identity numbers and accounts."""

from __future__ import annotations


def luhn(digits: str) -> bool:
    """Modulus 10, as personnummer, bankgiro, plusgiro and cards have it."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban(number: str) -> bool:
    """ISO 13616, modulus 97; `number` has no spaces and upper-case letters."""
    turned = number[4:] + number[:4]
    return turned.isalnum() and turned.isascii() and int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1
