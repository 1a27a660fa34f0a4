"""Finding, reading and resolving policy packs.

A pack is a folder of TOML files (or a single .toml file). Every file may hold any
section; exactly one holds `[pack]`. A pack with a fault is refused as a whole, and
all faults that one reading can find are reported together.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from duikou.policy.build import SECTIONS, build
from duikou.policy.errors import PackError, PackProblem
from duikou.policy.fields import Fields, Source
from duikou.policy.model import Pack

PACKS = Path(__file__).parent / "packs"

_SYNTAX_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(slots=True)
class _Raw:
    """The tables of all files of one pack, not yet interpreted."""

    path: Path
    unreadable: bool = False  # a file could not be parsed: checking the rest would mislead
    problems: list[PackProblem] = field(default_factory=list)
    headers: list[Fields] = field(default_factory=list)
    sections: dict[str, list[Fields]] = field(default_factory=lambda: {name: [] for name in SECTIONS})

    @property
    def name(self) -> str:
        return self.path.stem if self.path.suffix == ".toml" else self.path.name


def available_packs(root: Path = PACKS) -> tuple[str, ...]:
    """Return the ids of the packs in a folder of packs, sorted."""
    folders = {path.parent.name for path in root.glob("*/*.toml")}
    return tuple(sorted(folders | {path.stem for path in root.glob("*.toml")}))


def load_pack(pack_id: str, root: Path = PACKS) -> Pack:
    """Return a pack by id, read once per process. Raises PackError if it is wrong."""
    return _load(pack_id, root)


@cache
def _load(pack_id: str, root: Path) -> Pack:
    for path in (root / pack_id, root / f"{pack_id}.toml"):
        if path.exists():
            return check_pack(path)
    known = "、".join(available_packs(root)) or "—"
    raise PackError(
        pack_id,
        [
            PackProblem(
                root / pack_id,
                None,
                f"没有政策包 {pack_id}；现有：{known}",
                f"there is no policy pack {pack_id}; known: {known}",
            )
        ],
    )


def check_pack(path: Path) -> Pack:
    """Read a pack from its folder or file, without cache. Raises PackError with every fault.

    A pack that it extends is looked for beside it, then among the built-in packs.
    """
    return _read_pack(path, ())


def _read_pack(path: Path, descendants: tuple[str, ...]) -> Pack:
    raw = _read_files(path)
    header = _single_header(raw)
    if header is None or raw.unreadable:
        raise PackError(raw.name, raw.problems)
    extends = header.string("extends", required=False) or None
    base = _read_base(raw, header, extends, (*descendants, raw.name)) if extends else None
    if extends and base is None:  # without its base, half of the pack would look wrong
        raise PackError(raw.name, raw.problems)
    pack = build(header, extends, base, raw.name, raw.sections)
    if raw.problems:
        raise PackError(raw.name, sorted(raw.problems, key=lambda p: (p.file.name, p.line or 0)))
    return pack


def _read_files(path: Path) -> _Raw:
    raw = _Raw(path)
    files = [path] if path.suffix == ".toml" else sorted(path.glob("*.toml"))
    if not files or not path.exists():
        raw.problems.append(PackProblem(path, None, "没有找到 TOML 文件", "no TOML file was found"))
    for file in files if path.exists() else []:
        _read_file(file, raw)
    return raw


def _read_file(file: Path, raw: _Raw) -> None:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raw.unreadable = True
        line = error.object[: error.start].count(b"\n") + 1
        raw.problems.append(PackProblem(file, line, "文件不是 UTF-8 编码", "the file is not UTF-8"))
        return
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raw.unreadable = True
        place = _SYNTAX_LINE.search(str(error))
        line_number = int(place.group(1)) if place else text.count("\n") + 1
        raw.problems.append(
            PackProblem(file, line_number, f"TOML 语法错误：{error}", f"TOML syntax error: {error}")
        )
        return
    root = Fields(Source(file, text, raw.problems), (), table)
    header = root.raw("pack", required=False)
    if isinstance(header, dict):
        raw.headers.append(Fields(root.source, ("pack",), header))
    elif header is not None:
        root.fault("pack 应为表", "pack must be a table", "pack")
    for section in SECTIONS:
        raw.sections[section] += root.tables(section, required=False)
    root.finish()


def _single_header(raw: _Raw) -> Fields | None:
    if not raw.headers:
        if not raw.problems:
            raw.problems.append(
                PackProblem(raw.path, None, "缺少 [pack] 表头", "the [pack] header is missing")
            )
        return None
    for second in raw.headers[1:]:
        second.fault("[pack] 只能出现一次", "[pack] may stand only once")
    return raw.headers[0]


def _read_base(raw: _Raw, header: Fields, extends: str, descendants: tuple[str, ...]) -> Pack | None:
    if extends in descendants:
        chain = " → ".join([*descendants, extends])
        header.fault(f"extends 形成循环：{chain}", f"extends forms a cycle: {chain}", "extends")
        return None
    for root in (raw.path.parent, PACKS):
        for path in (root / extends, root / f"{extends}.toml"):
            if path.exists():
                try:
                    return _read_pack(path, descendants)
                except PackError as error:
                    raw.problems.extend(error.problems)
                    return None
    header.fault(
        f"extends 指向不存在的政策包 {extends}", f"extends names an unknown pack, {extends}", "extends"
    )
    return None
