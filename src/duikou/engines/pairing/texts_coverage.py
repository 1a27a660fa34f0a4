"""Sentences of PAIR-03, PAIR-04, PAIR-15 and PAIR-17: which counties and districts the tables reach."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.engines.pairing.texts import Wording, counted, names_en, names_zh, with_load
from duikou.engines.text import Text


def _number(count: int, minimum: int) -> Text:
    """Say how many recipients there are against the least number."""
    if count == 0:
        return Text("没有受援医院", "has no recipient")
    return Text(
        f"只有{count}所受援医院，应有{minimum}所", f"has {counted(count, 'recipient')} only, not {minimum}"
    )


def uncovered(unit: str, city: str, *, minimum: int, count: int, free: Sequence[tuple[str, int]]) -> Wording:
    """A county with fewer recipients than the least number; `free`: general supporters with room."""
    number = _number(count, minimum)
    if free:
        room = with_load(free)
        who = Text(f"未满额的综合支援医院有：{room.zh}。", f"general supporters with room: {room.en}.")
    else:
        who = Text(
            "可由省级或邻市三级医院结对。", "a provincial or neighbouring tertiary hospital may take it."
        )
    return Wording(
        expected=Text(
            f"每个县（市）至少{minimum}所县级医院受援",
            f"at least {counted(minimum, 'county-level hospital')} of every county supported",
        ),
        found=Text(f"{count}所", counted(count, "recipient")),
        message=Text(
            f"{unit}（{city}）在全部表中{number.zh}。", f"{unit} ({city}) {number.en} in any table."
        ),
        suggestion=Text(
            f"在{unit}选定县级医院并补签协议；{who.zh}如已建分院或托管，请登记该合作协议。",
            f"Choose a county-level hospital in {unit} and sign an agreement; {who.en} "
            f"If a branch or trustee agreement exists, register it.",
        ),
    )


def not_in_city_table(
    unit: str, city: str, count: int, minimum: int, elsewhere: Sequence[tuple[str, str]]
) -> Wording:
    """A county that the cities' tables leave out; `elsewhere`: its rows of other tables."""
    number = _number(count, minimum)
    if elsewhere:
        rows_zh = "；".join(f"{supporter}→{recipient}" for supporter, recipient in elsewhere)
        rows_en = "; ".join(f"{supporter} → {recipient}" for supporter, recipient in elsewhere)
        also = Text(f"省级表中有：{rows_zh}。", f"The province's table has: {rows_en}.")
        suggestion = Text(
            f"请{city}确认省级支援是否已够；如需本市支援，在{city}表中为{unit}增加一行。",
            f"Ask {city} whether the province's support is enough; if not, add {unit} to its own table.",
        )
    else:
        also = Text("其他表中也没有。", "No other table has one either.")
        suggestion = Text(
            f"请{city}在本市表中为{unit}安排一所支援医院。",
            f"Ask {city} to name a supporter for {unit} in its table.",
        )
    return Wording(
        expected=Text(
            f"市级表覆盖辖区内每个县（市），至少{minimum}所",
            f"the cities' tables reach every county, at least {counted(minimum, 'hospital')}",
        ),
        found=Text(f"市级表中{count}所", f"{counted(count, 'recipient')} in the cities' tables"),
        message=Text(
            f"{unit}（{city}）在市级表中{number.zh}。{also.zh}",
            f"{unit} ({city}) {number.en} in the cities' tables. {also.en}",
        ),
        suggestion=suggestion,
    )


def districts_apart(names: Sequence[str], total: int) -> Wording:
    """Districts without a recipient, in one finding."""
    return Wording(
        expected=Text(
            "目标只写“县”，市辖区单独统计，不作缺口",
            "the goal speaks of counties; districts are counted apart",
        ),
        found=Text(
            f"{total}个市辖区中{len(names)}个无受援医院",
            f"{len(names)} of {total} districts have no recipient",
        ),
        message=Text(
            f"{len(names)}个市辖区没有受援医院：{names_zh(names)}。",
            f"{counted(len(names), 'district')} without a recipient: {names_en(names)}.",
        ),
        suggestion=Text(
            "请省里明确市辖区是否在覆盖目标之内；如在，逐区补充受援医院。",
            "Have the province decide whether districts belong to the goal; if so, add recipients there.",
        ),
    )


def main_hospital_missing(unit: str, recipients: Sequence[str]) -> Wording:
    """A covered county whose main people's hospital is not among the recipients."""
    return Wording(
        expected=Text(
            f"受援医院中有{unit}的县（市）人民医院",
            f"the main people's hospital of {unit} among the recipients",
        ),
        found=Text(f"受援的是：{names_zh(recipients)}", f"supported: {names_en(recipients)}"),
        message=Text(
            f"{unit}的主要综合医院（人民医院）不在受援医院之列，受援的是{names_zh(recipients)}。",
            f"The main people's hospital of {unit} is no recipient; supported: {names_en(recipients)}.",
        ),
        suggestion=Text(
            f"核实{unit}人民医院是否另有合作（分院、托管、医联体）；没有的，考虑列入或改列。",
            f"Check whether that hospital of {unit} has another tie (branch, trustee, union); "
            f"if not, consider adding it.",
        ),
    )
