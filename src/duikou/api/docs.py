"""The API's documentation as ordinary pages: everything on them comes out of the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from duikou.api.root import api
from duikou.core.errors import Missing
from duikou.core.rest.openapi import ANSWERS, TAGS
from duikou.core.roles import permissions
from duikou.core.tokens import PREFIX

DEEPEST = 3  # levels of nested values that are spelt out
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Value:
    """One parameter, member of a body, or member of an answer."""

    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    title: str
    about: str
    permission: str  # in words; empty when none is needed
    permission_id: str
    public: bool
    parameters: tuple[Value, ...]
    body_kind: str
    body: tuple[Value, ...]
    status: str
    answer_kind: str
    answer: tuple[Value, ...]  # empty when an operation before on the page answers the same
    answer_as: str  # that operation
    errors: tuple[tuple[str, str], ...]
    curl: str


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of one subject."""

    tag: str
    title: str
    operations: tuple[Operation, ...]


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """How to call, and all operations by subject."""
    context = {
        "groups": [_group(tag) for tag in _operations()],
        "errors": [(status, _side(words)) for status, words in ANSWERS.items()],
        "example": _curl("get", "/api/v1/hospitals", {"limit": "10"}, None, public=False),
    }
    return render(request, "api/docs.html", context)


@require_GET
def docs_of(request: HttpRequest, tag: str) -> HttpResponse:
    """The operations of one subject in full."""
    if tag not in _operations():
        raise Missing(_("没有这个主题。请从接口说明的目录中选择。"))
    context = {"group": _group(tag), "groups": [(other, _side_of(TAGS[other])) for other in _operations()]}
    return render(request, "api/docs_group.html", context)


def _group(tag: str) -> Group:
    first: dict[str, str] = {}  # shape of an answer → the operation that shows it
    return Group(tag, _side_of(TAGS[tag]), tuple(_shown(*found, first) for found in _operations()[tag]))


def _side_of(words: tuple[str, str]) -> str:
    """Chinese or English, by the language of the request."""
    return words[1] if (get_language() or "").startswith("en") else words[0]


def _side(words: str) -> str:
    zh, _slash, en = words.partition(" / ")
    return _side_of((zh, en or zh))


@cache
def _operations() -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    """(path, method, entry) by tag, in the order of the document's tags."""
    document = api.get_openapi_schema()
    found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, entry in methods.items():
            found[entry["tags"][0]].append((path, method, entry))
    return found


def _shown(path: str, method: str, entry: dict[str, Any], first: dict[str, str]) -> Operation:
    permission = entry["x-permission"]
    summary = entry["x-summary"]
    responses = entry["responses"]
    status = next(code for code in responses if code.startswith("2"))
    answer_kind, answer = _media(responses[status].get("content", {}))
    body_kind, body = _media(entry.get("requestBody", {}).get("content", {}))
    public = "security" not in entry
    shape, own = str(answer.get("$ref", "")), str(entry["operationId"])
    before = first.setdefault(shape, own) if shape else own
    return Operation(
        id=entry["operationId"],
        method=method.upper(),
        path=path,
        title=_side_of((summary["zh"], summary["en"])),
        about=entry.get("description", ""),
        permission=permissions()[permission].label if permission else "",
        permission_id=permission or "",
        public=public,
        parameters=tuple(
            Value(p["name"], _kind(p["schema"]), p["required"], _place(p["in"])) for p in entry["parameters"]
        ),
        body_kind=body_kind,
        body=tuple(_members(body)),
        status=status,
        answer_kind=answer_kind,
        answer=tuple(_members(answer)) if before == own else (),
        answer_as="" if before == own else before,
        errors=tuple((code, _side(ANSWERS[code])) for code in responses if code in ANSWERS),
        curl=_curl(method, path, {}, body if body_kind else None, public=public, media=body_kind),
    )


def _place(where: str) -> str:
    return _("地址中") if where == "path" else _("查询参数")


def _media(content: Mapping[str, Any]) -> tuple[str, Schema]:
    for media, entry in content.items():
        return media, entry["schema"]
    return "", {}


def _resolved(schema: Schema) -> Schema:
    """Without references; of "this or null" the part that says something."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        found: Schema = api.get_openapi_schema()["components"]["schemas"][name]
        return _resolved(found)
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    return _resolved(choices[0]) if len(choices) == 1 else schema


def _members(schema: Schema, prefix: str = "", depth: int = 0) -> Iterator[Value]:
    """The members of an object, nested ones with dotted names."""
    schema = _resolved(schema)
    if schema.get("type") == "array":
        yield from _members(schema["items"], f"{prefix}[].", depth)
        return
    required = set(schema.get("required", ()))
    for name, member in schema.get("properties", {}).items():
        inner = _resolved(member)
        about = member.get("description") or inner.get("description", "")
        yield Value(prefix + name, _kind(member), name in required, str(about))
        items = _resolved(inner.get("items", {}))
        if depth < DEEPEST and "properties" in inner:
            yield from _members(inner, f"{prefix}{name}.", depth + 1)
        elif depth < DEEPEST and "properties" in items:
            yield from _members(items, f"{prefix}{name}[].", depth + 1)


def _kind(schema: Schema) -> str:
    """The type in words: what may stand there."""
    nullable = any(one == {"type": "null"} for one in schema.get("anyOf", ()))
    words = _plain_kind(_resolved(schema))
    return f"{words} | null" if nullable else words


def _plain_kind(schema: Schema) -> str:
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "anyOf" in schema:
        return " | ".join(_plain_kind(_resolved(one)) for one in schema["anyOf"])
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"{_plain_kind(_resolved(schema['items']))} []"
    if form := schema.get("format"):
        return f"{kind} ({form})"
    limits = [
        f"{sign} {schema[name]}"
        for name, sign in (("minimum", "≥"), ("maximum", "≤"), ("minLength", "≥"), ("maxLength", "≤"))
        if name in schema and schema[name] not in (0, 2**63 - 1, 2**31 - 1)
    ]
    return f"{kind} ({', '.join(limits)})" if limits else kind


# ---------------------------------------------------------------- examples


def _curl(
    method: str,
    path: str,
    query: Mapping[str, str],
    body: Schema | None,
    *,
    public: bool,
    media: str = "application/json",
) -> str:
    """A call to copy; what stands in braces is to be filled in."""
    address = path + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")
    lines = [f'curl -X {method.upper()} "$DUIKOU{address}"']
    if not public:
        lines.append(f'-H "Authorization: Bearer {PREFIX}…"')
    if body is not None and media == "application/json":
        lines.append('-H "Content-Type: application/json"')
        lines.append(f"-d '{json.dumps(_example(body), ensure_ascii=False)}'")
    elif body is not None:
        for name in _resolved(body).get("properties", {}):
            lines.append(f"-F {name}=" + ("@table.xlsx" if name == "file" else "…"))
    return " \\\n  ".join(lines)


def _example(schema: Schema, depth: int = 0) -> Any:
    """A value that follows the schema: only the members that must be given."""
    schema = _resolved(schema)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        wanted = set(schema.get("required", ())) or set(list(schema.get("properties", {}))[:1])
        members = schema.get("properties", {})
        return {name: _example(member, depth + 1) for name, member in members.items() if name in wanted}
    if kind == "array":
        return [_example(schema["items"], depth + 1)]
    if schema.get("format") == "date":
        return "2014-03-01"
    return {"integer": 1, "number": 1.5, "boolean": False}.get(str(kind), "…")
