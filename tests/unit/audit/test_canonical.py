"""Canonical JSON against the definitions of RFC 8785, made here; numbers as ECMAScript's Number::toString has them."""

from __future__ import annotations

import json
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.audit.log.leaf import canonical_object
from allmanning.runtime.record import canonical

# RFC 8785 Appendix B: the bits of an IEEE 754 double, and how it is written.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}


def ecmascript(value: float) -> str:
    """ECMA-262 §6.1.6.1.20 Number::toString, word by word, over the shortest digits that read back."""
    if value == 0:
        return "0"
    if value < 0:
        return "-" + ecmascript(-value)
    mantissa, _, exponent = f"{value!r}e0".partition("e")
    exponent = exponent.removesuffix("e0")
    whole, _, fraction = mantissa.partition(".")
    fraction = fraction.rstrip("0")
    digits = (whole + fraction).lstrip("0")
    n = len(whole) + int(exponent) - (len(whole + fraction) - len(digits) if whole == "0" else 0)
    digits = digits.rstrip("0") or "0"
    k = len(digits)
    if k <= n <= 21:
        return digits + "0" * (n - k)
    if 0 < n <= 21:
        return f"{digits[:n]}.{digits[n:]}"
    if -6 < n <= 0:
        return "0." + "0" * -n + digits
    sign = "+" if n > 0 else "-"
    head = digits if k == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{head}e{sign}{abs(n - 1)}"


@pytest.mark.parametrize(("bits", "text"), NUMBERS.items())
def test_numbers_are_written_as_the_rfc_lists_them(bits, text):
    [value] = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical(value).decode() == text == ecmascript(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_written_as_ecmascript_writes_it(value):
    written = canonical(value).decode()
    assert written == ecmascript(value)
    assert float(written) == value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 2**53 + 1, -(2**53) - 1])
def test_what_is_no_number_of_json_is_refused(value):
    with pytest.raises(ValueError):
        canonical(value)


def test_keys_are_ordered_by_utf16_code_units():
    # U+1F600 is D83D DE00 in UTF-16 and so comes before U+FB33, though its code point is larger (RFC 8785 §3.2.3).
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = list(json.loads(canonical(dict.fromkeys(keys, 0))))
    assert ordered == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@given(st.dictionaries(st.text(), st.integers(-9, 9), max_size=8))
def test_any_keys_are_ordered_by_utf16_code_units(value):
    try:
        written = canonical(value)
    except UnicodeEncodeError:
        return
    keys = list(json.loads(written))
    assert keys == sorted(value, key=lambda key: key.encode("utf-16-be"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('"', r'"\""'),
        ("\\", r'"\\"'),
        ("/", '"/"'),
        ("\b\t\n\f\r", r'"\b\t\n\f\r"'),
        ("\x00\x0b\x1f", r'"\u0000\u000b\u001f"'),
        ("\x7f\u2028åäö€\U0001f600", '"\x7f\u2028åäö€\U0001f600"'),
    ],
)
def test_strings_are_escaped_in_one_way_only(text, written):
    assert canonical(text).decode() == written


@pytest.mark.parametrize(
    "data",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":-0}',
        b'{"a":"\\u00e5"}',
        b'{"a":1,"a":1}',
        b'{"a":NaN}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":1}\n',
        b"[1]",
    ],
)
def test_the_same_value_written_in_another_way_is_no_leaf(data):
    assert canonical_object(data) is None


def test_the_canonical_form_is_a_leafs():
    assert canonical_object(b'{"a":1,"b":[true,null,"\xc3\xa5"]}') == {"a": 1, "b": [True, None, "å"]}
