"""What `scheme.toml` says of a scheme, over what its table form takes for granted."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

from duikou.engines.casemix.scheme import texts
from duikou.engines.casemix.scheme.conditions import NUMBERS, Kind
from duikou.engines.casemix.scheme.model import BadScheme, NoGroup, RuleKind
from duikou.engines.text import Text

FILE: Final = "scheme.toml"
FORMS: Final = ("groups", "formulas")


class _Sort(NamedTuple):
    """What a setting must be."""

    zh: str
    en: str
    fits: Callable[[Any], bool]


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def _is_numbers(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    return all(key in NUMBERS and type(one) in (int, float) for key, one in value.items())


_TEXT = _Sort("文字", "text", lambda value: isinstance(value, str))
_WHOLE = _Sort("正整数", "a whole number above 0", lambda value: type(value) is int and value > 0)
_SWITCH = _Sort("true 或 false", "true or false", lambda value: isinstance(value, bool))
_TEXTS = _Sort("文字列表", "a list of texts", _is_texts)
_NAMED = _Sort("名称与文字的表", "a table of names and texts", _is_named)
_NUMBERS = _Sort("项目与数值的表", "a table of facts and numbers", _is_numbers)
_SETTINGS: Final = {
    "name": _TEXT,
    "version": _TEXT,
    "title_zh": _TEXT,
    "title_en": _TEXT,
    "source": _TEXT,
    "licence": _TEXT,
    "official": _SWITCH,
    "form": _TEXT,
    "checksum": _TEXT,
    "dx_length": _WHOLE,
    "px_length": _WHOLE,
    "no_group": _NAMED,
    "sites": _TEXT,
    "numbered_lists": _TEXT,
    "kind_at": _WHOLE,
    "kinds": _NAMED,
    "flags": _NAMED,
    "redirect": _NAMED,
    "assume": _NUMBERS,
    "first_list": _TEXT,
    "keep_mdc": _TEXTS,
    "ignore": _TEXTS,
    "idle": _TEXTS,
    "stops": _TEXTS,
}
_CHOICES: Final = {"form": FORMS, "sites": ("first", "last"), "numbered_lists": ("first", "all")}
_PARTS: Final = ("condition", "adrg", "drg")
_REDIRECT: Final = {"kind", *_PARTS}


@dataclass(frozen=True, slots=True)
class Redirect:
    """Records of medical groups that hold a condition go to a group of their own (歧义组, QY)."""

    kind: RuleKind
    condition: str
    adrg: str  # `{mdc}` and `{letter}` (its last character) are filled in
    drg: str


@dataclass(frozen=True, slots=True)
class Description:
    """The settings of a scheme."""

    name: str
    version: str
    title: Text
    source: str
    official: bool
    form: str
    checksum: str | None
    length: Mapping[Kind, int]
    no_group: NoGroup
    sites_last: bool
    numbered_first: bool
    kind_at: int
    kinds: Mapping[str, str]
    flags: Mapping[str, str]
    redirect: Redirect | None
    assume: Mapping[str, float]
    first_list: str = ""
    keep_mdc: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()

    def kind_of(self, adrg: str) -> RuleKind:
        """Tell what a group is about from its code."""
        letter = adrg[self.kind_at - 1 : self.kind_at]
        for kind, letters in self.kinds.items():
            if letter and letter in letters:
                return RuleKind(kind)
        return RuleKind.OTHER


def describe(folder: Path, detected: str | None) -> Description:
    """Read the description of a folder; `detected`: its form as its tables show it."""
    given = _given(folder / FILE)
    form = given.get("form", detected)
    if form is None:
        raise BadScheme(texts.no_form(folder))
    settings = {**_forms()[form], **given}
    settings["flags"] = {**_forms()[form].get("flags", {}), **given.get("flags", {})}
    name, _, version = folder.name.rpartition("-")
    name = given.get("name", name or folder.name)
    redirect = settings.get("redirect")
    kinds = settings.get("kinds", {})
    for kind in (*kinds, *([redirect["kind"]] if redirect else [])):
        if kind not in list(RuleKind):
            listed = ", ".join(RuleKind)
            raise BadScheme(texts.bad_setting("kinds", f"其中之一：{listed}", f"one of {listed}", kind))
    return Description(
        name=name,
        version=given.get("version", version if "name" not in given else ""),
        title=Text(given.get("title_zh", name), given.get("title_en", given.get("title_zh", name))),
        source=settings.get("source", ""),
        official=settings.get("official", False),
        form=form,
        checksum=given.get("checksum"),
        length={kind: settings[f"{kind}_length"] for kind in Kind if f"{kind}_length" in settings},
        no_group=NoGroup(**settings["no_group"]),
        sites_last=settings.get("sites", "last") == "last",
        numbered_first=settings.get("numbered_lists", "first") == "first",
        kind_at=settings.get("kind_at", 1),
        kinds=kinds,
        flags=settings["flags"],
        redirect=redirect and Redirect(RuleKind(redirect["kind"]), *(redirect[key] for key in _PARTS)),
        assume=settings.get("assume", {}),
        first_list=settings.get("first_list", ""),
        keep_mdc=tuple(settings.get("keep_mdc", ())),
        ignore=tuple(settings.get("ignore", ())),
        idle=tuple(settings.get("idle", ())),
        stops=tuple(settings.get("stops", ())),
    )


@cache
def _forms() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("forms.toml").read_text(encoding="utf-8"))


def _given(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise BadScheme(texts.not_utf8(FILE)) from None
    except tomllib.TOMLDecodeError as error:
        raise BadScheme(texts.bad_toml(error)) from None
    for key, value in given.items():
        if key not in _SETTINGS:
            raise BadScheme(texts.unknown_setting(key))
        sort = _SETTINGS[key]
        if not sort.fits(value):
            raise BadScheme(texts.bad_setting(key, sort.zh, sort.en, value))
        if key in _CHOICES and value not in _CHOICES[key]:
            listed = ", ".join(_CHOICES[key])
            raise BadScheme(texts.bad_setting(key, f"其中之一：{listed}", f"one of {listed}", value))
    _check_parts(given, "no_group", {"mdc", "adrg", "drg"})
    _check_parts(given, "redirect", _REDIRECT)
    return given


def _check_parts(given: Mapping[str, Any], key: str, wanted: set[str]) -> None:
    if key in given and set(given[key]) != wanted:
        listed = ", ".join(sorted(wanted))
        raise BadScheme(texts.bad_setting(key, f"含 {listed} 的表", f"a table of {listed}", given[key]))
