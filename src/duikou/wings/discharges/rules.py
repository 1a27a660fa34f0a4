"""The rules of the checks, and the rows that break them, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duikou.engines.text import Text
from duikou.wings.discharges import files
from duikou.wings.discharges.models import Submission

SHOWN = 200  # rows of one rule on its page


def _say(text: Text) -> str:
    return text.en if (get_language() or "").startswith("en") else text.zh


def title(rule: str) -> Text:
    """What a rule is about; its id for one that the catalogue no longer has."""
    from duikou.engines.casemix.checks import catalogue

    try:
        return catalogue()[rule].title
    except KeyError:
        return Text(rule, rule)


def about(rule: str) -> dict[str, Any]:
    """What a rule demands, whence it comes, and what becomes of rows that break it."""
    from duikou.engines.casemix.checks import catalogue

    found = catalogue()
    try:
        check = found[rule]
    except KeyError:
        return {"expected": "—", "source": "—", "mark": "", "policy": "—"}
    policy = {
        "reject": _("这样的行隔离，不入库，更正后整月重报。"),
        "warn": _("这样的行照常入库，请核对。"),
        "note": _("仅作提示。"),
    }
    return {
        "source": " ".join(filter(None, (_say(found.sources[check.source]), check.section))),
        "mark": str(check.mark),
        "policy": policy[check.severity],
    }


def rows_of(submission: Submission, rule: str) -> list[dict[str, Any]]:
    """The first rows of a submission that break a rule: line, record, column, what was found and expected."""
    path = files.faults(submission)
    if not path.is_file():
        return []
    import polars as pl

    expected = "expected_en" if (get_language() or "").startswith("en") else "expected_zh"
    found = pl.scan_parquet(path).filter(pl.col("rule") == rule).sort("row", "column").head(SHOWN).collect()
    return found.select("row", "id", "column", "found", expected=pl.col(expected)).to_dicts()
