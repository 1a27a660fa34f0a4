"""The definitions of the indicators as pages of the guide.

python -m duikou.engines.casemix.indicators.docs    write docs/guide/zh|en/indicators.md
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from duikou.engines.casemix.indicators.definitions import DEFINITIONS, PARAMETERS, Definition
from duikou.engines.text import Text

PAGE: Final = "indicators.md"
LANGUAGES: Final = ("zh", "en")

_WORDS: Final = {
    "title": Text("指标定义", "Definitions of the indicators"),
    "generated": Text(
        "本页由指标定义生成，请勿手改。`duikou casemix indicators` 不需要数据库即可计算。"
        "标记 recalled、inferred 的公式待核实。",
        "This page is generated from the definitions; do not edit it. `duikou casemix indicators` computes "
        "them without a database. Formulas marked recalled or inferred wait to be confirmed.",
    ),
    "indicator": Text("指标", "Indicator"),
    "formula": Text("公式", "Formula"),
    "unit": Text("单位", "Unit"),
    "better": Text("方向", "Better"),
    "source": Text("依据", "Source"),
    "defaults": Text("参数默认值", "Parameters and defaults"),
    "parameters": Text("参数", "Parameters"),
    "parameter": Text("参数", "Parameter"),
    "meaning": Text("含义", "Meaning"),
}
_BETTER: Final = {"higher": Text("高", "higher"), "lower": Text("低", "lower"), "none": Text("—", "—")}


def pages() -> dict[str, str]:
    """Both pages by their path below docs/guide."""
    return {f"{language}/{PAGE}": "\n".join(_page(language)) + "\n" for language in LANGUAGES}


def _page(language: str) -> Iterator[str]:
    yield from (f"# {_word('title', language)}", "", _word("generated", language), "")
    heads = ("indicator", "formula", "unit", "better", "source", "defaults")
    yield from _table([_word(name, language) for name in heads])
    for one in DEFINITIONS.values():
        yield _row(_cells(one, language))
    yield from ("", f"## {_word('parameters', language)}", "")
    yield from _table([_word(name, language) for name in ("parameter", "meaning")])
    for parameter in PARAMETERS.values():
        yield _row([f"`{parameter.id}`", _say(parameter.title, language)])


def _cells(one: Definition, language: str) -> list[str]:
    formula = _say(one.formula, language)
    if one.limits:
        formula += f"<br>{_say(one.limits, language)}"
    return [
        f"{_say(one.title, language)}<br>`{one.id}` v{one.version}",
        formula,
        _say(one.unit, language),
        _say(_BETTER[one.better], language),
        f"{one.clause} ({one.mark})",
        " ".join(f"`{name}={_shown(value)}`" for name, value in one.defaults.items()),
    ]


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)


def _say(text: Text, language: str) -> str:
    return text.zh if language == "zh" else text.en


def _word(name: str, language: str) -> str:
    return _say(_WORDS[name], language)


def _table(heads: Sequence[str]) -> Iterator[str]:
    yield _row(heads)
    yield _row(["---"] * len(heads))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main(argv: Sequence[str] | None = None) -> int:
    """Write both pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/guide"))
    folder: Path = parser.parse_args(argv).out
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
