"""The document itself: complete, and its fields stay what they are.

`document.json` beside this file holds every operation with its parameters, members of
its body and members of its answer. A member that disappears, or changes its kind, breaks
somebody's program: then say so in the changelog and write the file anew with
`DUIKOU_UPDATE=1 pytest tests/wings/api/test_document.py`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from duikou.api.docs import _kind, _media, _members
from duikou.api.root import api
from duikou.core.rest import Answer, Body
from duikou.core.roles import permissions, roles

KEPT = Path(__file__).with_name("document.json")


def entries() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, entry in methods.items():
            yield path, method, entry


def test_every_operation_is_described_in_both_languages() -> None:
    for path, method, entry in entries():
        name = f"{method} {path}"
        summary = entry["x-summary"]
        assert re.search(r"[\u4e00-\u9fff]", summary["zh"]), name
        assert summary["en"].isascii(), name
        assert entry["description"].strip(), name
        assert entry["tags"], name
        assert entry["x-permission"] is None or entry["x-permission"] in permissions(), name
        for tag in entry["tags"]:
            assert tag in {known["name"] for known in api.get_openapi_schema()["tags"]}, name


def test_every_operation_says_how_it_refuses() -> None:
    for path, method, entry in entries():
        expected = {"400", "404", "409", "422", "429"} | ({"401", "403"} if "security" in entry else set())
        assert expected < set(entry["responses"]), (method, path)
        for status in expected:
            schema = entry["responses"][status]["content"]["application/json"]["schema"]
            assert schema["$ref"].endswith("/Problem"), (method, path, status)


def test_only_the_public_window_is_open() -> None:
    open_ones = {path for path, _method, entry in entries() if "security" not in entry}
    assert open_ones == {path for path, _method, _entry in entries() if path.startswith("/api/v1/public/")}


def test_every_writing_operation_needs_a_permission() -> None:
    for path, method, entry in entries():
        if method != "get":
            assert entry["x-permission"] is not None, (method, path)


def test_names_of_shapes_are_unique() -> None:
    """Two classes of one name would silently become one shape in the document."""

    def below(kind: type) -> Iterator[type]:
        for sub in kind.__subclasses__():
            yield sub
            yield from below(sub)

    places: dict[str, set[str]] = {}
    for kind in (*below(Answer), *below(Body)):
        places.setdefault(kind.__name__, set()).add(kind.__module__)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_roles_of_the_document_are_those_there_are() -> None:
    schema = api.get_openapi_schema()["components"]["schemas"]["NewAccount"]["properties"]["role"]
    assert set(schema["enum"]) == set(roles())


def _shape(schema: Any) -> dict[str, str]:
    return {value.name: value.kind for value in _members(schema)}


def document() -> dict[str, Any]:
    """Operations with what programs rely on."""
    found = {}
    for path, method, entry in entries():
        status = next(code for code in entry["responses"] if code.startswith("2"))
        found[f"{method.upper()} {path}"] = {
            "parameters": {p["name"]: _kind(p["schema"]) for p in entry["parameters"]},
            "body": _shape(_media(entry.get("requestBody", {}).get("content", {}))[1]),
            "status": status,
            "answer": _shape(_media(entry["responses"][status].get("content", {}))[1]),
        }
    return found


def test_fields_stay_what_they_are() -> None:
    now = json.loads(json.dumps(document()))
    if os.environ.get("DUIKOU_UPDATE"):
        KEPT.write_text(json.dumps(now, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    kept = json.loads(KEPT.read_text("utf-8"))
    assert now == kept, "the API has changed: see the head of this file"


# ---------------------------------------------------------------- the pages


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_pages_show_every_operation(client: Client, language: str) -> None:
    headers = {"Accept-Language": language}
    overview = client.get("/api/v1/docs", headers=headers)
    assert overview.status_code == 200
    text = overview.content.decode()
    for tag in {tag for _path, _method, entry in entries() for tag in entry["tags"]}:
        page = client.get(f"/api/v1/docs/{tag}", headers=headers)
        assert page.status_code == 200
        shown = page.content.decode()
        assert " style=" not in shown
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", shown)
        for path, _method, entry in entries():
            if tag in entry["tags"]:
                assert f'id="{entry["operationId"]}"' in shown
                assert path.replace("{", "{") in text
                assert entry["x-summary"]["en" if language == "en" else "zh"] in text.replace("&#x27;", "'")


@pytest.mark.django_db
def test_a_page_of_no_subject_is_missing(client: Client) -> None:
    assert client.get("/api/v1/docs/no-such").status_code == 404
    assert client.get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")
