"""Every code that a service raises is in the table that clients and the page `/api/problems` read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from allmanning.gateway.field_problems import CODES
from allmanning.gateway.problem_codes import GROUPS, problem_codes, problem_type
from allmanning.gateway.problems import HTTP_ERRORS, problem_details
from allmanning.runtime import errors

SERVICES = Path(__file__).parents[3] / "services"
# The command line's own words never leave over HTTP.
SOURCES = [each for each in SERVICES.glob("*/src/**/*.py") if "node" not in each.relative_to(SERVICES).parts[0]]
CALLED = {"audit", "generate", "index", "ingest", "retrieve"}


def statuses() -> dict[str, int]:
    """Status of each class of error, those that services have made of them too."""
    known = {
        # The root has no status of its own: what a source's run meets is told with the source.
        name: 0 if each is errors.PlatformError else each.status
        for name, each in vars(errors).items()
        if isinstance(each, type) and issubclass(each, errors.PlatformError)
    }
    classes = [node for path in SOURCES for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef)]
    for _ in range(3):
        for each in classes:
            for base in each.bases:
                if getattr(base, "id", "") in known:
                    known.setdefault(each.name, known[base.id])
    return known


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def raised() -> Iterator[tuple[str, int, str]]:
    """Code, status and place of each error that is made with a code that stands in the source."""
    known = statuses()
    for path in SOURCES:
        tree = parsed(path)
        constants = {
            node.target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        makers = dict(known)
        for node in ast.walk(tree):
            # A function of the module that makes an error of the code it is given.
            if isinstance(node, ast.FunctionDef) and node.args.args and node.args.args[0].arg == "code":
                made = [call for call in ast.walk(node) if isinstance(call, ast.Call) and called(call) in known]
                makers |= dict.fromkeys([node.name] * bool(made), known[called(made[0])] if made else 0)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and called(node) in makers:
                first = node.args[0]
                code = first.value if isinstance(first, ast.Constant) else constants.get(getattr(first, "id", ""))
                if isinstance(code, str) and (len(node.args) > 1 or called(node) in {*makers} - {*known}):
                    yield code, makers[called(node)], f"{path.name}:{node.lineno}"


def called(call: ast.Call) -> str:
    return getattr(call.func, "id", "")


def test_every_code_that_is_raised_is_in_the_table_with_its_status():
    table = problem_codes()
    found = list(raised())

    assert len(found) > 300
    assert [
        f"{place}: give {code} ({status}) a row in gateway/catalogue/problems/*.tsv: code, status, Swedish, English"
        for code, status, place in found
        if code not in table or (status and status not in table[code].statuses)
    ] == []


def test_the_gateways_own_codes_and_those_of_a_silent_service_are_in_the_table():
    wanted = {*CODES.values(), *(code for code, _ in HTTP_ERRORS.values())}
    wanted |= {f"{service}.{end}" for service in CALLED for end in ("unavailable", "timeout")}

    assert wanted - problem_codes().keys() == set()


def test_the_table_holds_no_code_that_is_no_longer_raised():
    text = "\n".join(path.read_text() for path in SOURCES)
    silent = {f"{service}.{end}" for service in CALLED for end in ("unavailable", "timeout")}

    assert [code for code in problem_codes() if f'"{code}"' not in text and code not in silent] == []


def test_each_row_is_whole_and_in_order_and_no_code_stands_twice():
    codes = list(problem_codes().values())
    folder = SERVICES / "gateway/src/allmanning/gateway/catalogue/problems"

    assert len(codes) == sum(len((folder / f"{group}.tsv").read_text().splitlines()) for group in GROUPS)
    for group in GROUPS:
        own = [each.code for each in codes if each.group == group]
        assert own == sorted(own)
    for each in codes:
        assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", each.code), each
        assert each.swedish.endswith(".")
        assert each.english.endswith(".")
        assert each.swedish != each.english
        assert all(400 <= status < 600 for status in each.statuses)


def test_a_problem_has_a_title_of_its_kind_and_a_detail_of_its_own_in_the_language_asked_for():
    error = errors.InvalidInput("synonyms.invalid", "Rad 2 är tom. (Row 2 is empty.)")

    swedish, english = problem_details(error, 400, "sv", "synonyms"), problem_details(error, 400, "en", "synonyms")

    assert swedish == {
        "type": "/api/problems#synonyms.invalid",
        "title": "Ordlistan går inte att använda.",
        "status": 400,
        "detail": "Rad 2 är tom.",
        "code": "synonyms.invalid",
        "param": "synonyms",
        "error": {
            "code": "synonyms.invalid",
            "message": "Rad 2 är tom.",
            "type": "invalid_request_error",
            "param": "synonyms",
        },
    }
    assert (english["title"], english["detail"]) == ("The list of synonyms can’t be used.", "Row 2 is empty.")
    assert swedish["type"] == problem_type("synonyms.invalid")


def test_an_internal_fault_tells_nothing_of_itself():
    told = problem_details(errors.Internal("pipeline.draft", "secret words"), 500, "en")

    assert "secret" not in str(told)
    assert told["code"] == "internal"
