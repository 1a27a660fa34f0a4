"""One entrance for every kind of annex file."""

from __future__ import annotations

from datetime import date

from duikou.engines.pairing.annex.checks import check_rows
from duikou.engines.pairing.annex.delimited import incomplete_header, read_delimited
from duikou.engines.pairing.annex.detect import detect, extension_fits
from duikou.engines.pairing.annex.encoding import decode, opinion
from duikou.engines.pairing.annex.model import AnnexError, AnnexKind, AnnexReading, Grid, Issue, SourceRef
from duikou.engines.pairing.annex.plan_text import read_plan_text
from duikou.engines.pairing.annex.rows import extract, header_issue
from duikou.engines.pairing.annex.sheets import read_workbook
from duikou.engines.pairing.annex.word import read_docx
from duikou.engines.pairing.annex.wording import issue, refusal, shown


def read_annex(
    content: bytes, filename: str, *, round_start: date | None = None, round_end: date | None = None
) -> AnnexReading:
    """Rows and issues of an annex file.

    The kind is judged by the content; `filename` only serves messages. With the round's first and
    last day, dates outside are reported. Raises `AnnexError` when the file cannot be read at all;
    it never raises anything else for any bytes.
    """
    kind, _ = detect(content)
    encoding = None
    grids: list[Grid] = []
    issues: list[Issue] = []
    if kind is AnnexKind.DOCX:
        grids = read_docx(content)
    elif kind is AnnexKind.TEXT:
        text, encoding = decode(content)
        delimited = read_delimited(text)
        if delimited:
            kind, grids = AnnexKind.CSV, [delimited]
        else:
            grids, issues = read_plan_text(text)
            if not grids:
                half = incomplete_header(text)
                grids = [half] if half else []
    else:
        grids, issues = read_workbook(content, kind)
    result = extract(grids)
    if not result.headers and result.incomplete:
        raise AnnexError(header_issue("columns_missing", *result.incomplete[0]))
    if not result.headers:
        raise _no_table(content, encoding)
    if not result.rows:
        raise refusal("no_rows")
    if not extension_fits(kind, filename):
        issues.append(issue("extension_differs", SourceRef(), name=shown(filename), kind=kind.value))
    issues.extend(header_issue("column_missing_in_table", *found) for found in result.incomplete)
    issues.extend(result.issues)
    issues.extend(check_rows(result.rows, round_start, round_end))
    return AnnexReading(tuple(result.rows), tuple(issues), kind, encoding, filename, round_start, round_end)


def _no_table(content: bytes, encoding: str | None) -> AnnexError:
    """The refusal of a file without a table; almost any bytes are valid GB 18030, so doubt is told."""
    guess = (opinion(content) or "") if encoding == "gb18030" else ""
    if not guess or guess.lower().replace("_", "") in ("gb18030", "gbk", "gb2312", "cp936"):
        return refusal("no_table", opinion_zh="", opinion_en="")
    return refusal(
        "no_table",
        opinion_zh=f"（按 GB 18030 读取；文件编码看上去像 {guess}）",
        opinion_en=f" (read as GB 18030; the file looks like {guess})",
    )
