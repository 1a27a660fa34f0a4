"""Sentences of DATA-01 to DATA-07: printed names, numbers and rows."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.engines.pairing.model import Row
from duikou.engines.pairing.texts import Wording, counted, names_en, names_zh, where
from duikou.engines.text import Text


def _quoted_zh(names: Sequence[str]) -> str:
    return "".join(f"“{name}”" for name in names)


def _quoted_en(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def misspelt(printed: Sequence[str], registered: str, rows: Sequence[Row]) -> Wording:
    """A known misspelling of a registered name."""
    place = where(rows)
    return Wording(
        expected=Text(registered, registered),
        found=Text(_quoted_zh(printed), _quoted_en(printed)),
        message=Text(
            f"{place.zh}印作{_quoted_zh(printed)}，应为{registered}；已按{registered}处理。",
            f"{place.en.capitalize()}: {_quoted_en(printed)} is a misprint of {registered}; read as such.",
        ),
        suggestion=Text(f"正式文本更正为{registered}。", f"Correct the published table to {registered}."),
    )


def short_or_variant(printed: Sequence[str], registered: str, rows: Sequence[Row]) -> Wording:
    """A shortened name or another way of writing it."""
    place = where(rows)
    return Wording(
        expected=Text(registered, registered),
        found=Text(_quoted_zh(printed), _quoted_en(printed)),
        message=Text(
            f"{place.zh}用{_quoted_zh(printed)}，在册名称为{registered}；已对应。",
            f"{place.en.capitalize()}: {_quoted_en(printed)} stands for {registered}; matched.",
        ),
        suggestion=Text(
            f"协议和上报材料用全称{registered}。",
            f"Use the full name {registered} in agreements and returns.",
        ),
    )


def without_city(printed: Sequence[str]) -> Wording:
    """District hospitals printed without the name of their city, all in one."""
    return Wording(
        expected=Text("名称前带设区市名", "the city before the district's name"),
        found=Text(f"{len(printed)}所省略市名", f"{counted(len(printed), 'name')} without it"),
        message=Text(
            f"{len(printed)}所市辖区医院的名称省略了市名，已对应：{names_zh(printed)}。",
            f"{counted(len(printed), 'district hospital')} printed without the city; matched: "
            f"{names_en(printed)}.",
        ),
        suggestion=Text(
            "协议和上报材料补上市名，无需逐一处理。",
            "Add the city in agreements and returns; nothing to do one by one.",
        ),
    )


def dated_name(printed: Sequence[str], registered: str, unit: str, rows: Sequence[Row]) -> Wording:
    """A name that had changed before the round began."""
    place = where(rows)
    division = Text(f"当时所在区划为{unit}。", f" Its division was {unit} by then.") if unit else Text("", "")
    return Wording(
        expected=Text(registered, registered),
        found=Text(_quoted_zh(printed), _quoted_en(printed)),
        message=Text(
            f"{place.zh}的{_quoted_zh(printed)}是旧名，本轮开始前已变更，应为{registered}。{division.zh}",
            f"{place.en.capitalize()}: {_quoted_en(printed)} had changed before the round began; "
            f"it is {registered}.{division.en}",
        ),
        suggestion=Text(f"正式文本改用{registered}。", f"Use {registered} in the published table."),
    )


def probable_duplicates(printed: Sequence[str]) -> Wording:
    """Two names of one place that may mean one hospital."""
    both_zh, both_en = "与".join(printed), " and ".join(printed)
    return Wording(
        expected=Text("一所医院一个名称", "one name for one hospital"),
        found=Text(f"{len(printed)}个相近名称", counted(len(printed), "similar name")),
        message=Text(
            f"{both_zh}在同一地方，名称几乎相同，可能是同一所医院。",
            f"{both_en} are in the same place under nearly the same name and may be one hospital.",
        ),
        suggestion=Text(
            "向当地卫生行政部门核实：是同一所的，在医院名册中合并；不是的，登记为两所并注明。",
            "Ask the local health authority: if they are one, merge them in the register; "
            "if not, record that they are two.",
        ),
    )


def unresolved(printed: str, similar: Sequence[str], rows: Sequence[Row]) -> Wording:
    """A name without a registered hospital, or with a similar one only."""
    place = where(rows)
    if similar:
        found = Text(f"仅有相似的：{names_zh(similar)}", f"only similar ones: {names_en(similar)}")
        suggestion = Text(
            f"核对“{printed}”是否就是{names_zh(similar)}：是则确认并存为别名，否则新登记。",
            f"Check whether “{printed}” is {names_en(similar)}: confirm it as an alias, "
            f"or register a new hospital.",
        )
    else:
        found = Text("名册中没有相近的医院", "nothing like it in the register")
        suggestion = Text(
            f"核对原文；无误则登记“{printed}”，或指定它对应的在册医院。",
            f"Check the source; if it is right, register “{printed}” "
            f"or name the registered hospital that it stands for.",
        )
    return Wording(
        expected=Text("对应到名册中的一所医院", "one hospital of the register"),
        found=found,
        message=Text(
            f"{place.zh}的“{printed}”未能对应到名册中的医院；确认之前不计入覆盖。",
            f"{place.en.capitalize()}: “{printed}” could not be matched with the register; "
            f"until confirmed it does not count for coverage.",
        ),
        suggestion=suggestion,
    )


def running_number(
    supporter: str, right: Sequence[int], printed: Sequence[int | None], wrong: Sequence[Row]
) -> Wording:
    """Running numbers that do not count 1, 2, 3 …"""
    place = where(wrong)
    shown = [str(number) if number is not None else "—" for number in printed]
    return Wording(
        expected=Text("、".join(map(str, right)), ", ".join(map(str, right))),
        found=Text("、".join(shown), ", ".join(shown)),
        message=Text(
            f"{supporter}的支援数印作{'、'.join(shown)}，应依次为1至{len(right)}（{place.zh}）。",
            f"The running numbers of {supporter} read {', '.join(shown)}, "
            f"not 1 to {len(right)} ({place.en}).",
        ),
        suggestion=Text(
            f"对照原表{place.zh}：有无漏行、并行或行序颠倒，改正后重新导入。",
            f"Compare {place.en} with the source: is a row lost, merged or misplaced? "
            f"Correct it and import again.",
        ),
    )


def repeated_pair(supporter: str, recipient: str, rows: Sequence[Row]) -> Wording:
    """The same pair in several rows."""
    place = where(rows)
    return Wording(
        expected=Text("同一对医院只有一行", "one row for one pair"),
        found=Text(f"{len(rows)}行", counted(len(rows), "row")),
        message=Text(
            f"{supporter}→{recipient}印了{len(rows)}次（{place.zh}）。",
            f"{supporter} → {recipient} is printed {len(rows)} times ({place.en}).",
        ),
        suggestion=Text(
            "保留一行，删除其余；科室不同的，在同一行内列明。",
            "Keep one row and remove the others; list different departments in that one row.",
        ),
    )
