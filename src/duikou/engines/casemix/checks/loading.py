"""Read the catalogue of checks from its TOML files, strictly: every fault of it is named with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import polars as pl

from duikou.engines.casemix.checks.classes import MOST_CLASSES
from duikou.engines.casemix.checks.model import (
    KINDS,
    MARKS,
    SEVERITIES,
    BadCatalogue,
    Catalogue,
    Check,
    CodeClass,
    Group,
    Kind,
    Mark,
    Severity,
)
from duikou.engines.casemix.checks.predicates import PLACEHOLDER
from duikou.engines.text import Text

CATALOGUE: Final = Path(__file__).with_name("catalogue")

_OVER = ("", "columns", "diagnoses", "operations", "fees")
_ID = re.compile(r"FP-\d{3}")
_LOCATE = re.compile(r"(diagnoses|operations):(/.+/|[a-z_]+)")
_RANGE = re.compile(r"([A-Z]?\d\d)(?:-([A-Z]?\d\d))?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TEXTS = ("title", "expected")
_WORDS = ("id", "group", "source", "section", "mark", "severity", "kind", "fault", "when", "over", "locate")
_LISTS = ("columns", "absent", "values")
_OTHERS = ("parameters", "domain", "valid_from")


@cache
def catalogue() -> Catalogue:
    """The catalogue that comes with the program."""
    return load(CATALOGUE)


def load(folder: Path) -> Catalogue:
    """Read a folder of TOML files, in the order of their names. Raises BadCatalogue."""
    terms: dict[str, Any] = {}
    checks: list[Check] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadCatalogue(path.name, Text(f"不是 TOML：{error}", f"not TOML: {error}")) from error
        entries = data.pop("check", [])
        terms |= data
        for number, entry in enumerate(entries, start=1):
            checks.append(_check(f"{path.name}: {entry.get('id', f'check {number}')}", entry))
    found = Catalogue(
        version=str(terms.get("version", "")),
        groups=tuple(Group(key, _text("groups", text)) for key, text in terms.get("groups", {}).items()),
        sources={key: _text("sources", text) for key, text in terms.get("sources", {}).items()},
        classes={name: _class(name, entry) for name, entry in terms.get("classes", {}).items()},
        checks=tuple(checks),
    )
    _refer(found)
    return found


def _check(place: str, entry: Mapping[str, Any]) -> Check:
    _known(place, entry, (*_TEXTS, *_WORDS, *_LISTS, *_OTHERS))
    for name in ("id", "group", "source", "mark", "severity", *_TEXTS):
        if name not in entry:
            raise BadCatalogue(place, Text(f"缺 {name}", f"{name} is missing"))
    words = {name: _typed(place, name, entry[name], str) for name in _WORDS if name in entry}
    _one_of(place, "severity", words["severity"], SEVERITIES)
    _one_of(place, "mark", words["mark"], MARKS)
    kind = words.setdefault("kind", "sql")
    _one_of(place, "kind", kind, KINDS)
    _one_of(place, "over", words.get("over", ""), _OVER)
    if not _ID.fullmatch(words["id"]):
        raise BadCatalogue(place, Text("id 应如 FP-101", "an id looks like FP-101"))
    if (kind == "sql") != bool(words.get("fault")):
        raise BadCatalogue(
            place, Text("sql 类检查要有 fault，其他类没有", "checks of kind sql have a fault, others none")
        )
    if (locate := words.get("locate")) and not _LOCATE.fullmatch(locate):
        raise BadCatalogue(place, Text("locate 应如 diagnoses:tumour", "locate looks like diagnoses:tumour"))
    day = _typed(place, "valid_from", entry.get("valid_from", ""), str)
    if day and not _DAY.fullmatch(day):
        raise BadCatalogue(place, Text("valid_from 应为 YYYY-MM-DD", "valid_from is YYYY-MM-DD"))
    for name in ("fault", "when"):
        _sound_sql(place, name, words.get(name, ""))
    lists = {name: tuple(_typed(place, name, entry.get(name, []), list)) for name in _LISTS}
    if (kind == "values") != bool(lists["values"]):
        raise BadCatalogue(
            place,
            Text("values 类检查要有 values，其他类没有", "checks of kind values have values, others none"),
        )
    if not lists["columns"] and words.get("over") != "fees" and kind != "shifted":
        raise BadCatalogue(place, Text("columns 不能为空", "columns must not be empty"))
    return Check(
        id=words["id"],
        group=words["group"],
        title=_text(place, entry["title"]),
        source=words["source"],
        section=words.get("section", ""),
        mark=cast(Mark, words["mark"]),
        severity=cast(Severity, words["severity"]),
        kind=cast(Kind, kind),
        columns=lists["columns"],
        expected=_text(place, entry["expected"]),
        fault=words.get("fault", ""),
        when=words.get("when", ""),
        over=words.get("over", ""),
        locate=words.get("locate", ""),
        absent=lists["absent"],
        values=lists["values"],
        parameters=_typed(place, "parameters", entry.get("parameters", {}), dict),
        domain=_typed(place, "domain", entry.get("domain", False), bool),
        valid_from=day,
    )


def _sound_sql(place: str, name: str, text: str) -> None:
    """Refuse a predicate that is no SQL expression; whether its columns exist is known only of a file."""
    try:
        if text:
            pl.sql_expr(PLACEHOLDER.sub("x", text))
    except pl.exceptions.PolarsError as error:
        raise BadCatalogue(place, Text(f"{name} 不是 SQL：{error}", f"{name} is no SQL: {error}")) from error


def _class(name: str, entry: Mapping[str, Any]) -> CodeClass:
    place = f"classes.{name}"
    _known(place, entry, ("of", "title", "ranges"))
    _one_of(place, "of", entry.get("of"), ("dx", "px"))
    ranges = []
    for text in entry.get("ranges", ()):
        if not (match := _RANGE.fullmatch(text)) or bool(match[1][0].isalpha()) != (entry["of"] == "dx"):
            raise BadCatalogue(place, Text(f"范围写法不对：{text}", f"not a range: {text}"))
        ranges.append((match[1], match[2] or match[1]))
    return CodeClass(name, entry["of"], _text(place, entry.get("title")), tuple(ranges))


def _refer(found: Catalogue) -> None:
    """Check what the entries say of each other."""
    for kind in ("dx", "px"):
        if sum(one.of == kind for one in found.classes.values()) > MOST_CLASSES:
            raise BadCatalogue(
                "classes",
                Text(f"{kind} 类别最多 {MOST_CLASSES} 个", f"at most {MOST_CLASSES} classes of {kind}"),
            )
    groups = {group.key for group in found.groups}
    seen: set[str] = set()
    for check in found.checks:
        if check.id in seen:
            raise BadCatalogue(check.id, Text("编号重复", "the id is given twice"))
        seen.add(check.id)
        _one_of(check.id, "group", check.group, sorted(groups))
        _one_of(check.id, "source", check.source, sorted(found.sources))
        if (check.source == "inferred") != (check.mark == "inferred"):
            raise BadCatalogue(check.id, Text("来源与标记不一致", "source and mark contradict each other"))
        name = check.locate.partition(":")[2]
        if name and not name.startswith("/"):
            _one_of(check.id, "locate", name, sorted(found.classes))


def _typed(place: str, name: str, value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise BadCatalogue(place, Text(f"{name} 的类型不对", f"{name} is of a wrong type"))
    return value


def _text(place: str, value: Any) -> Text:
    if not isinstance(value, dict) or set(value) != {"zh", "en"} or not all(value.values()):
        raise BadCatalogue(place, Text("文字要有 zh 与 en", "a text needs zh and en"))
    return Text(value["zh"], value["en"])


def _known(place: str, entry: Mapping[str, Any], names: Sequence[str]) -> None:
    if unknown := sorted(set(entry) - set(names)):
        raise BadCatalogue(
            place, Text(f"不认识的键：{'、'.join(unknown)}", f"unknown keys: {', '.join(unknown)}")
        )


def _one_of(place: str, name: str, value: object, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise BadCatalogue(
            place,
            Text(f"{name} 应为 {'、'.join(allowed)} 之一", f"{name} must be one of {', '.join(allowed)}"),
        )
