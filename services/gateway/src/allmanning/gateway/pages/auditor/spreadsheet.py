"""A list as CSV, as a Swedish spreadsheet program opens it: UTF-8 with a mark, and semicolons between."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from fastapi.responses import Response

from allmanning.gateway.pages.auditor.reports import Report, rows_of

# Cells that begin so are formulas to a spreadsheet program (CWE-1236).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_BOM: Final = "\ufeff"


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The rows under their header, as a download called `name.csv`."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(each) for each in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response((_BOM + text.getvalue()).encode(), media_type="text/csv; charset=utf-8", headers=headers)


def tasks_as_rows(tasks: Report) -> tuple[Sequence[str], list[list[object]]]:
    """The header and the rows of a list of tasks."""
    names = ("task", "opened_at")
    return names, [[each.get(name) for name in names] for each in rows_of(tasks, "tasks")]


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
