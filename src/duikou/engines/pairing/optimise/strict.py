"""JSON in and out for typed values, strictly: what is not expected is refused, with its place.

A dataclass is an object with the same members (those with a default may be left out),
a tuple or frozenset a list, a mapping an object with any members. Nothing is converted:
3.0 is no whole number, "3" neither, NaN is no number at all.
"""

from __future__ import annotations

import dataclasses
import json
import re
import types
import typing
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, NoReturn, TypeVar, cast

from duikou.engines.pairing.optimise import texts_files as texts
from duikou.engines.pairing.optimise.model import BadProblem
from duikou.engines.text import Text

T = TypeVar("T")
_MOST = 2**62  # whole numbers beyond would not fit into the columns of a problem
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SHOWN = 60  # letters of a wrong value that are repeated
_PLAIN: Mapping[Any, tuple[Any, Text]] = {
    int: (int, texts.WHOLE),
    float: (int | float, texts.NUMBER),
    str: (str, texts.WORDS),
    bool: (bool, texts.FLAG),
}


class BadFile(BadProblem):
    """A file is not what it should be; `message` says what was expected, what was found, and where."""


def read(text: str | bytes, kind: type[T], form: str, version: int) -> T:
    """The value that a file holds; `form` and `version` must be its first two statements about itself.

    Raises BadFile.
    """
    value = _parsed(text)
    if not isinstance(value, dict) or value.get("format") != form:
        raise BadFile(
            texts.other_format(form, _short(value.get("format") if isinstance(value, dict) else value))
        )
    if value.get("version") != version or isinstance(value["version"], bool):
        raise BadFile(texts.other_version(form, version, _short(value.get("version"))))
    members = {name: part for name, part in value.items() if name not in ("format", "version")}
    return decoded(kind, members, "")


def written(value: Any, form: str, version: int) -> str:
    """A dataclass as the text of a file."""
    document = {"format": form, "version": version, **encoded(value)}
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def encoded(value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        return {one.name: encoded(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(name): encoded(part) for name, part in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(encoded(part) for part in value)
    if isinstance(value, list | tuple):
        return [encoded(part) for part in value]
    return value


def decoded(kind: type[T], value: Any, place: str) -> T:
    """A JSON value as the kind it must be; BadFile names the place where it is not."""
    return cast(T, _decoded(kind, value, place))


def _decoded(kind: Any, value: Any, place: str) -> Any:
    if kind in _PLAIN:
        types_, expected = _PLAIN[kind]
        if not isinstance(value, types_) or (isinstance(value, bool) and kind is not bool):
            _refuse(place, expected, value)
        if kind is int and abs(value) > _MOST:
            _refuse(place, expected, value)
        return float(value) if kind is float else value
    if isinstance(kind, type) and issubclass(kind, Enum):
        words = [one.value for one in kind]
        if not isinstance(value, str) or value not in words:
            _refuse(place, texts.one_of(words), value)
        return kind(value)
    if kind is date:
        return _day(value, place)
    if dataclasses.is_dataclass(kind):
        return _object(cast(type, kind), value, place)
    return _generic(kind, value, place)


def _day(value: Any, place: str) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        _refuse(place, texts.DAY, value)
    try:
        return date.fromisoformat(value)
    except ValueError:  # 2014-02-30
        _refuse(place, texts.DAY, value)


def _generic(kind: Any, value: Any, place: str) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):  # only X | None is used
        inner = next(one for one in arguments if one is not type(None))
        return None if value is None else _decoded(inner, value, place)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            _refuse(place, texts.OBJECT, value)
        return {name: _decoded(arguments[1], part, f"{place}.{name}") for name, part in value.items()}
    if not isinstance(value, list):
        _refuse(place, texts.LIST, value)
    parts = [_decoded(arguments[0], part, f"{place}[{at}]") for at, part in enumerate(value)]
    return frozenset(parts) if origin is frozenset else tuple(parts)


def _object(kind: type, value: Any, place: str) -> Any:
    if not isinstance(value, dict):
        _refuse(place, texts.OBJECT, value)
    hints, fields = _hints(kind), {one.name: one for one in dataclasses.fields(kind)}
    for name in value:
        if name not in fields:
            raise BadFile(texts.unknown_member(_where(place), name, sorted(fields)))
    for name, one in fields.items():
        optional = one.default is not dataclasses.MISSING or one.default_factory is not dataclasses.MISSING
        if name not in value and not optional:
            raise BadFile(texts.missing_member(_where(place), name))
    return kind(
        **{name: _decoded(hints[name], part, f"{place}.{name}".lstrip(".")) for name, part in value.items()}
    )


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _refuse(place: str, expected: Text, found: Any) -> NoReturn:
    raise BadFile(texts.wrong(_where(place), expected, _short(found)))


def _where(place: str) -> str:
    return place or "JSON"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _parsed(text: str | bytes) -> Any:
    try:
        words = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        return json.loads(words, parse_constant=_no_constant, object_pairs_hook=_members)
    except UnicodeDecodeError as error:
        raise BadFile(texts.not_utf8(error.start + 1)) from error
    except json.JSONDecodeError as error:
        raise BadFile(texts.not_json(error.lineno, error.colno, error.msg)) from error
    except RecursionError as error:
        raise BadFile(texts.TOO_DEEP) from error


def _no_constant(name: str) -> NoReturn:
    raise BadFile(texts.no_number(name))


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _part in pairs]
        raise BadFile(texts.member_twice(next(one for one in names if names.count(one) > 1)))
    return found
