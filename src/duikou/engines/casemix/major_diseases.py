"""Which of the 20 major diseases of rural residents (农村居民重大疾病) a stay is for, by its codes.

Most codes are recalled and wait to be confirmed by the province, so they are data with a mark:
`data/major_diseases.toml`, or a file of the same form. What a policy decides is a parameter: the
wide reading of a disease, and the codes that could belong to two (`optional={"C19": 13}`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import polars as pl

from duikou.engines.casemix.codes.ranges import spread
from duikou.engines.casemix.columns import other_diagnoses
from duikou.engines.casemix.data import FOLDER
from duikou.engines.text import Text

TABLE: Final = FOLDER / "major_diseases.toml"
_CATEGORY, _SUBCATEGORY = 3, 5  # characters of A15 and A15.0


class Use(StrEnum):
    """When a code counts."""

    CORE = "core"
    WIDE = "wide"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class DiseaseCode:
    """A category, a subcategory or a range of them, as the table prints it."""

    code: str
    mark: str  # found or recalled
    use: Use

    @property
    def to_be_confirmed(self) -> bool:
        """Whether no public page was found that gives the code."""
        return self.mark != "found"

    def each(self) -> Iterator[str]:
        """Go through the categories (`C91`) and subcategories (`A15.0`) of the range."""
        return spread(self.code)


@dataclass(frozen=True, slots=True)
class MajorDisease:
    """One of the major diseases with its codes and limits."""

    number: int
    id: str
    title: Text
    codes: tuple[DiseaseCode, ...]
    sources: tuple[str, ...]
    age_max: int | None = None  # completed years
    also: tuple[str, ...] = ()  # one of them must be among the other diagnoses


class BadDiseases(ValueError):
    """A table of major diseases that cannot be used."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Text(zh, en)


@dataclass(frozen=True)
class MajorDiseases:
    """The major diseases in one reading. Called with pages it gives each its number, 0 for none."""

    diseases: tuple[MajorDisease, ...]
    wide: bool = False
    optional: Mapping[str, int] | None = None  # code -> number of the disease that it counts for

    @cached_property
    def number_by_code(self) -> Mapping[str, int]:
        """Number of the disease by category or subcategory. Raises `BadDiseases` where two claim one."""
        found: dict[str, int] = {}
        for disease in self.diseases:
            for code in disease.codes:
                if code.use is Use.OPTIONAL:
                    continue
                if code.use is Use.WIDE and not self.wide:
                    continue
                for each in code.each():
                    if found.setdefault(each, disease.number) != disease.number:
                        raise _two(each, found[each], disease.number)
        for code_text, number in (self.optional or {}).items():
            allowed = {
                disease.number: code
                for disease in self.diseases
                for code in disease.codes
                if code.use is Use.OPTIONAL and code.code == code_text
            }
            if number not in allowed:
                raise BadDiseases(
                    f"{code_text} 不是第 {number} 种疾病的可选编码",
                    f"{code_text} is no optional code of disease {number}",
                )
            for each in allowed[number].each():
                if found.setdefault(each, number) != number:
                    raise _two(each, found[each], number)
        return found

    def number_of(self, pdx: str, age: pl.Expr, others: Sequence[str] = ()) -> pl.Expr:
        """Return the number of the disease by principal diagnosis, age in full years and other diagnoses.

        A disease with a limit of age does not count where the age is not known.
        """
        number = pl.coalesce(self._look_up(pdx, _SUBCATEGORY), self._look_up(pdx, _CATEGORY)).fill_null(0)
        counts = pl.lit(True)
        for disease in self.diseases:
            this = number == disease.number
            if disease.age_max is not None:
                counts &= ~this | (age <= disease.age_max).fill_null(False)
            if disease.also:
                pattern = "^(?:" + "|".join(code.replace(".", r"\.") for code in disease.also) + ")"
                present = [pl.col(other).str.contains(pattern).fill_null(False) for other in others]
                counts &= ~this | (pl.any_horizontal(present) if present else pl.lit(False))
        return pl.when(counts).then(number).otherwise(0).cast(pl.Int8)

    def __call__(self, pages: pl.DataFrame) -> pl.Series:
        """Return the number for each page."""
        age = pl.col("age_years")
        if "age_days" in pages.columns:  # all that the page of an infant may state
            age = pl.coalesce(age, pl.when(pl.col("age_days").is_not_null()).then(0))
        number = self.number_of("pdx", age, other_diagnoses(pages.columns))
        return pages.select(major_disease=number)["major_disease"]

    def _look_up(self, pdx: str, length: int) -> pl.Expr:
        codes = {code: number for code, number in self.number_by_code.items() if len(code) == length}
        return pl.col(pdx).str.slice(0, length).replace_strict(codes, default=None, return_dtype=pl.Int8)


def load(
    path: Path = TABLE, *, wide: bool = False, optional: Mapping[str, int] | None = None
) -> MajorDiseases:
    """Read the table of major diseases. Raises `BadDiseases`."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["disease"]
        diseases = tuple(_disease(entry) for entry in entries)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadDiseases(
            f"重大疾病表 {path.name} 不能读取：{error}", f"the table of major diseases {path.name}: {error}"
        ) from error
    loaded = MajorDiseases(diseases, wide, optional)
    _ = loaded.number_by_code  # tells of codes that two diseases claim now, not at the first batch
    return loaded


def _disease(entry: Mapping[str, Any]) -> MajorDisease:
    codes = tuple(DiseaseCode(code, mark, Use(use)) for code, mark, use in entry["codes"])
    for code in codes:
        tuple(code.each())
    return MajorDisease(
        number=int(entry["number"]),
        id=entry["id"],
        title=Text(entry["zh"], entry["en"]),
        codes=codes,
        sources=tuple(entry.get("sources", ())),
        age_max=entry.get("age_max"),
        also=tuple(entry.get("also", ())),
    )


def _two(code: str, one: int, other: int) -> BadDiseases:
    return BadDiseases(
        f"{code} 同时属于第 {one} 种和第 {other} 种疾病", f"{code} belongs to the diseases {one} and {other}"
    )
