"""A list as CSV opens as text in a spreadsheet program, with nothing in it run as a formula."""

from __future__ import annotations

import csv
import io

from allmanning.gateway.pages.auditor.spreadsheet import csv_response


def test_rows_come_back_as_they_were_and_formulas_as_text():
    response = csv_response("beslut", ["regel", "antal"], [['=HYPERLINK("x")', -3], ["å;\n”b”", 7], ["@summa", None]])

    text = bytes(response.body).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=";")) == [
        ["regel", "antal"],
        ['\'=HYPERLINK("x")', "-3"],
        ["å;\n”b”", "7"],
        ["'@summa", ""],
    ]
    assert bytes(response.body).startswith(b"\xef\xbb\xbf")
    assert response.headers["content-disposition"] == 'attachment; filename="beslut.csv"'
