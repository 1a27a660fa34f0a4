"""Small tables of codes out of .csv and .xlsx: header recognised, cells as text, errors with their place."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from duikou.engines.casemix.workbooks import UnsafeWorkbook, check
from duikou.engines.text import Text

MAX_BYTES = 64 * 1024 * 1024  # 35,000 mappings with names take about 4 MB
MAX_UNPACKED = 512 * 1024 * 1024
MAX_ROWS = 1_000_000
MOST_PROBLEMS = 20

Headers = Mapping[str, tuple[str, ...]]
"""Name of a column -> other ways of writing it."""


class CodeKind(StrEnum):
    """What a table of codes is about."""

    DIAGNOSIS = "dx"
    OPERATION = "px"


class BadCodeTable(Exception):
    """A table of codes that cannot be used, with each problem and where it is."""

    def __init__(self, problems: Sequence[Text]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.en for problem in self.problems))


class FromNumber(str):
    """A cell that the workbook holds as a number: good for an order, not for a code, whose zeros are lost."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table as a spreadsheet numbers it, its cells by the name of their column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CodeLines:
    """The lines of a table; `kind` where its header tells it (`from_dx`)."""

    lines: tuple[Line, ...]
    kind: CodeKind | None


class Problems:
    """Collects what is wrong with a table, so that all of it is told at once."""

    def __init__(self) -> None:
        self._found: list[Text] = []

    def add(self, line: int, zh: str, en: str) -> None:
        self._found.append(Text(f"第 {line} 行：{zh}", f"Line {line}: {en}"))

    def add_to(self, sheet: str, line: int, zh: str, en: str) -> None:
        """Note a problem of a workbook with several sheets."""
        self._found.append(Text(f"“{sheet}”第 {line} 行：{zh}", f"“{sheet}”, line {line}: {en}"))

    def add_text(self, problem: Text) -> None:
        """Note a problem without a line."""
        self._found.append(problem)

    def raise_any(self) -> None:
        """Raise `BadCodeTable` if there is any problem; a long list is cut, its length told."""
        if not self._found:
            return
        shown, left = self._found[:MOST_PROBLEMS], len(self._found) - MOST_PROBLEMS
        if left > 0:
            shown.append(Text(f"另有 {left} 处", f"and {left} more"))
        raise BadCodeTable(shown)


def read_lines(path: Path, headers: Headers, needed: Sequence[str]) -> CodeLines:
    """Return the lines of a .csv or .xlsx whose header has the needed columns and no unknown ones."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise _refused(f"文件打不开：{path.name}", f"the file cannot be opened: {path.name}") from error
    if size > MAX_BYTES:
        limit = MAX_BYTES >> 20
        raise _refused(f"文件最多 {limit} MB", f"a table of codes has at most {limit} MB")
    rows = _sheet_rows(content) if content.startswith(b"PK") else _text_rows(content)
    first = next(rows, None)
    if first is None:
        raise _refused("文件是空的", "the file is empty")
    number, header = first
    names, kind = _recognise(header, headers, needed, number)
    lines = []
    for number, cells in rows:
        if not any(cells):
            continue
        if any(cells[len(names) :]):
            raise _refused(
                f"第 {number} 行：表头有 {len(names)} 列，此行有 {len(cells)} 列",
                f"line {number}: the header has {len(names)} columns, this line {len(cells)}",
            )
        lines.append(Line(number, dict(zip(names, [*cells, *[""] * len(names)], strict=False))))
        if len(lines) > MAX_ROWS:
            raise _refused(f"最多 {MAX_ROWS} 行", f"at most {MAX_ROWS} lines")
    return CodeLines(tuple(lines), kind)


def refuse_numbers(lines: CodeLines, columns: Sequence[str], problems: Problems) -> None:
    """Note each code that the workbook holds as a number."""
    for line in lines.lines:
        for column in columns:
            if isinstance(cell := line.cells[column], FromNumber):
                problems.add(line.number, *number_for_code(column, column, cell))


def number_for_code(header: str, name: str, cell: str) -> tuple[str, str]:
    """Return what is said of a code that the workbook holds as a number."""
    return (
        f"{header} 是数字 {cell}，编码末尾的零已丢失；请把该列设为文本后重新填写",
        f"{name} is the number {cell}, so zeros of the code are lost; "
        "make the column text and fill it in again",
    )


def kind_of(lines: CodeLines, column: str, wanted: CodeKind | None, problems: Problems) -> CodeKind:
    """Return what the codes of a column are, and note each that begins like the other kind."""
    kind = wanted or lines.kind
    for line in lines.lines:
        code = line.cells[column].strip()
        begins = CodeKind.OPERATION if code[:1].isdigit() else CodeKind.DIAGNOSIS
        kind = kind or begins
        if code and begins is not kind:
            letter = kind is CodeKind.DIAGNOSIS
            problems.add(
                line.number,
                f"{column} 应以{'字母' if letter else '数字'}开头；实际为 {code}",
                f"{column} should begin with a {'letter' if letter else 'digit'}; found {code}",
            )
    return kind or CodeKind.DIAGNOSIS


def day_of(line: Line, column: str, problems: Problems) -> date | None:
    """Return the day in a cell, null where it is empty; a wrong one is noted."""
    written = line.cells.get(column, "")
    if not written:
        return None
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        problems.add(
            line.number,
            f"{column} 应为日期，如 2024-01-01；实际为 {written}",
            f"{column} should be a day such as 2024-01-01; found {written}",
        )
        return None


def the_same_everywhere(lines: CodeLines, column: str, given: str, problems: Problems) -> str:
    """Return the one value that a column has in all lines, or what was given beside the file."""
    value = given
    for line in lines.lines:
        found = line.cells.get(column, "")
        value = value or found
        if found and found != value:
            problems.add(
                line.number,
                f"{column} 在一张表里只能有一个值：{value}；实际为 {found}",
                f"{column} has one value in a table, {value}; found {found}",
            )
    return value


def _refused(zh: str, en: str) -> BadCodeTable:
    return BadCodeTable([Text(zh, en)])


def _recognise(
    header: Sequence[str], headers: Headers, needed: Sequence[str], number: int
) -> tuple[list[str], CodeKind | None]:
    known = {spelling: name for name, others in headers.items() for spelling in (name, *others)}
    written = [cell.strip().lower() for cell in header]
    while written and not written[-1]:
        written.pop()
    names = [known.get(cell, "") for cell in written]
    strange = [cell or "（空 empty）" for cell, name in zip(written, names, strict=True) if not name]
    missing = [name for name in needed if name not in names]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    problems = Problems()
    allowed = ", ".join(headers)
    if missing:
        problems.add(number, f"表头缺列：{', '.join(missing)}", f"columns missing: {', '.join(missing)}")
    if strange:
        problems.add(
            number,
            f"不认识的列：{', '.join(strange)}；可用的列：{allowed}",
            f"unknown columns: {', '.join(strange)}; there may be: {allowed}",
        )
    if twice:
        problems.add(number, f"列重复：{', '.join(twice)}", f"columns given twice: {', '.join(twice)}")
    problems.raise_any()
    kinds = {cell.removeprefix("from_").removeprefix("to_") for cell in written} & set(CodeKind)
    return names, CodeKind(kinds.pop()) if len(kinds) == 1 else None


def _text_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise _refused(f"第 {line} 行含空字节，不是文本表", f"line {line} has a NUL byte: no text table")
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                yield line, [cell.strip() for cell in row]
            line = reader.line_num + 1
    except csv.Error as error:
        raise _refused(f"第 {line} 行：引号不成对", f"line {line}: quotation marks do not fit") from error


def _decoded(content: bytes) -> str:
    for codec in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(codec)
        except UnicodeDecodeError as error:
            at = error.start
    line = content.count(b"\n", 0, at) + 1
    raise _refused(f"第 {line} 行：既不是 UTF-8，也不是 GB 18030", f"line {line}: neither UTF-8 nor GB 18030")


def _sheet_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet that has any."""
    for _title, rows in filled_sheets(content):
        yield from rows
        return


def filled_sheets(content: bytes) -> Iterator[tuple[str, list[tuple[int, list[str]]]]]:
    """Yield title and rows of each sheet of a workbook that has any; cells as text. Raises `BadCodeTable`."""
    try:
        check(io.BytesIO(content), MAX_UNPACKED)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
        filled = [(name, sheet.to_python(skip_empty_area=False)) for name, sheet in sheets if sheet.height]
    except UnsafeWorkbook as error:
        raise BadCodeTable([error.text]) from error
    except (CalamineError, OSError, ValueError) as error:
        raise _refused("工作簿已损坏", "the workbook is damaged") from error
    for name, rows in filled:
        lines = [
            (number, [_cell(cell) for cell in row])
            for number, row in enumerate(rows, start=1)
            if any(cell != "" for cell in row)
        ]
        if lines:
            yield name, lines


def _cell(value: object) -> str:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return FromNumber(int(value) if float(value).is_integer() else value)
    return value.isoformat()[:10] if isinstance(value, date) else str(value).strip()
