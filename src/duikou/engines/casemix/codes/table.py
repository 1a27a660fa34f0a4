"""The codes of an edition with their names: what is known at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from duikou.engines.casemix.codes.normalise import normal_dx, normal_px
from duikou.engines.casemix.codes.tables import (
    CodeKind,
    Problems,
    kind_of,
    read_lines,
    refuse_numbers,
    the_same_everywhere,
)
from duikou.engines.casemix.codes.unmapped import Tally, Unmapped, columns_of

HEADERS: Final = {
    "code": ("dx", "px", "编码", "代码"),
    "name_zh": ("name", "名称", "中文名称"),
    "name_en": ("英文名称",),
    "edition": ("版本",),
    "source": ("来源",),
}


@dataclass(frozen=True)
class CodeTable:
    """Known codes of one kind and edition: `codes` has code, name_zh, name_en, sorted by code."""

    kind: CodeKind
    edition: str
    codes: pl.DataFrame

    @classmethod
    def load(cls, path: Path, *, kind: CodeKind | None = None, edition: str = "") -> CodeTable:
        """Read a table with the columns `code, name_zh` and perhaps others. Raises `BadCodeTable`."""
        found = read_lines(path, HEADERS, ("code", "name_zh"))
        problems = Problems()
        refuse_numbers(found, ("code",), problems)
        kind = kind_of(found, "code", kind, problems)
        edition = the_same_everywhere(found, "edition", edition, problems)
        normal = normal_dx if kind is CodeKind.DIAGNOSIS else normal_px
        codes = normal(pl.Series([line.cells["code"] for line in found.lines], dtype=pl.String))
        first: dict[str, int] = {}
        for line, code in zip(found.lines, codes, strict=True):
            if code is None:
                problems.add(line.number, "code 是空的", "code is empty")
            elif first.setdefault(code, line.number) != line.number:
                at = first[code]
                problems.add(line.number, f"{code} 已在第 {at} 行", f"{code} is on line {at} already")
        problems.raise_any()
        names = {name: [line.cells.get(name, "") for line in found.lines] for name in ("name_zh", "name_en")}
        return cls(kind, edition, pl.DataFrame({"code": codes, **names}).sort("code"))

    def unknown(self, pages: pl.DataFrame) -> Unmapped:
        """Return the codes of the pages that this edition does not have."""
        tally = Tally()
        known = self.codes["code"].implode()
        for column in columns_of(pages, self.kind):
            codes = pages[column].drop_nulls()
            tally.add(column, codes, changed=0)
            tally.note(column, codes.filter(~codes.is_in(known)), "unknown")
        return tally.result()

    def names(self, codes: pl.Series) -> pl.Series:
        """Return the Chinese name of each code, null where it is not known."""
        return codes.replace_strict(self.codes["code"], self.codes["name_zh"], default=None)
