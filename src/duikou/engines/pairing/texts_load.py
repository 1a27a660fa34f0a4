"""Sentences of PAIR-01 to PAIR-04, PAIR-15 and PAIR-17: load and coverage."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.engines.pairing.model import Text
from duikou.engines.pairing.texts import Wording, counted, names_en, names_zh


def load(
    name: str,
    *,
    count: int,
    target: int,
    about: bool,
    recipients: Sequence[str],
    movable: Sequence[tuple[str, str]],
    open_units: Sequence[str],
) -> Wording:
    """A supporter with more or fewer recipients than the rule's number.

    `movable`: recipients that have another supporter too, with that supporter's name;
    `open_units`: counties in reach that still have no recipient.
    """
    near_zh, near_en = ("左右", "about ") if about else ("", "")
    difference = count - target
    if difference > 0:
        deviation = Text(f"多{difference}所", f"{difference} too many")
        if movable:
            pairs_zh = "；".join(f"{recipient}（另有{other}支援）" for recipient, other in movable)
            pairs_en = "; ".join(f"{recipient} (also supported by {other})" for recipient, other in movable)
            suggestion = Text(
                f"可先从已有其他支援医院的受援医院中调出{difference}所：{pairs_zh}；或说明保留理由。",
                f"Release {difference} first among the recipients that have another supporter: {pairs_en}; "
                f"or record why all stay.",
            )
        else:
            suggestion = Text(
                f"将其中{difference}所受援医院调给同市未满额的支援医院，或说明保留理由。",
                f"Hand {difference} of its recipients to a supporter of the same city with room, "
                f"or record why all stay.",
            )
    else:
        missing = -difference
        deviation = Text(f"少{missing}所", f"{missing} too few")
        if open_units:
            suggestion = Text(
                f"增加{missing}所受援医院；尚无受援医院的有：{names_zh(open_units)}。",
                f"Add {counted(missing, 'recipient')}; still without any recipient: {names_en(open_units)}.",
            )
        else:
            suggestion = Text(
                f"增加{missing}所受援医院，或说明能力所限等理由。",
                f"Add {counted(missing, 'recipient')}, or record the reason, such as limited capacity.",
            )
    return Wording(
        expected=Text(
            f"与{target}所{near_zh}县级医院结对", f"paired with {near_en}{target} county-level hospitals"
        ),
        found=Text(
            f"{count}所：{names_zh(recipients)}", f"{counted(count, 'recipient')}: {names_en(recipients)}"
        ),
        message=Text(
            f"{name}支援{count}所医院，规定为{target}所{near_zh}，{deviation.zh}。",
            f"{name} supports {counted(count, 'hospital')}; the rule says {near_en}{target}: {deviation.en}.",
        ),
        suggestion=suggestion,
    )


def uncovered(unit: str, city: str, *, minimum: int, count: int, free: Sequence[tuple[str, int]]) -> Wording:
    """A county with fewer recipients than the least number; `free`: the city's general supporters with room."""
    if free:
        room_zh = "、".join(f"{name}（现{load}所）" for name, load in free)
        room_en = ", ".join(f"{name} (now {load})" for name, load in free)
        suggestion = Text(
            f"在{unit}选定县级医院并补签协议；{city}未满额的综合支援医院有：{room_zh}。"
            f"如已建分院或托管，请登记该合作协议。",
            f"Choose a county-level hospital in {unit} and sign an agreement; general supporters of {city} with room: "
            f"{room_en}. If a branch or trustee agreement exists, register it.",
        )
    else:
        suggestion = Text(
            f"在{unit}选定县级医院，由省级或邻市三级医院结对并补签协议；如已建分院或托管，请登记该合作协议。",
            f"Choose a county-level hospital in {unit} and pair it with a provincial or neighbouring tertiary hospital; "
            f"if a branch or trustee agreement exists, register it.",
        )
    return Wording(
        expected=Text(
            f"每个县（市）至少{minimum}所县级医院受援",
            f"at least {counted(minimum, 'county-level hospital')} of every county supported",
        ),
        found=Text(f"{count}所", counted(count, "recipient")),
        message=Text(
            f"{unit}（{city}）在全部表中有{count}所受援医院，少于{minimum}所。",
            f"{unit} ({city}) has {counted(count, 'recipient')} in all tables, fewer than {minimum}.",
        ),
        suggestion=suggestion,
    )


def not_in_city_table(unit: str, city: str, elsewhere: Sequence[tuple[str, str]]) -> Wording:
    """A county without a row in the cities' tables; `elsewhere`: its rows of other tables (supporter, recipient)."""
    if elsewhere:
        rows_zh = "；".join(f"{supporter}→{recipient}" for supporter, recipient in elsewhere)
        rows_en = "; ".join(f"{supporter} → {recipient}" for supporter, recipient in elsewhere)
        also = Text(f"仅在省级表中有：{rows_zh}。", f"Only the province's table has: {rows_en}.")
        suggestion = Text(
            f"请{city}确认省级支援是否已够；如需本市支援，在{city}表中为{unit}增加一行。",
            f"Ask {city} whether the province's support is enough; if not, add a row for {unit} to the table of {city}.",
        )
    else:
        also = Text("其他表中也没有。", "No other table has one either.")
        suggestion = Text(
            f"请{city}在本市表中为{unit}安排一所支援医院。",
            f"Ask {city} to name a supporter for {unit} in its table.",
        )
    return Wording(
        expected=Text(
            "市级表覆盖辖区内每个县（市）的一所县医院",
            "the cities' tables cover one hospital of every county",
        ),
        found=Text("市级表中0行", "no row in the cities' tables"),
        message=Text(
            f"{unit}（{city}）在市级表中没有受援医院。{also.zh}",
            f"{unit} ({city}) has no recipient in the cities' tables. {also.en}",
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
            "Have the province decide whether districts belong to the goal; if so, add recipients district by district.",
        ),
    )


def main_hospital_missing(unit: str, recipients: Sequence[str]) -> Wording:
    """A covered county whose main people's hospital is not among the recipients."""
    return Wording(
        expected=Text(
            f"受援医院中有{unit}的县（市）人民医院",
            f"the main people's hospital of {unit} among the recipients",
        ),
        found=Text(f"受援的是：{names_zh(recipients)}", f"supported are: {names_en(recipients)}"),
        message=Text(
            f"{unit}的主要综合医院（人民医院）不在受援医院之列，受援的是{names_zh(recipients)}。",
            f"The main people's hospital of {unit} is not among the recipients; supported are {names_en(recipients)}.",
        ),
        suggestion=Text(
            f"核实{unit}人民医院是否另有合作（分院、托管、医联体）；没有的，考虑列入或改列。",
            f"Check whether the people's hospital of {unit} has another tie (branch, trustee, union); if not, consider it.",
        ),
    )
