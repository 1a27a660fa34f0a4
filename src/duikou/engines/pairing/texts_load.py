"""Sentences of PAIR-01 and PAIR-02: how many recipients a supporter has."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.engines.pairing.texts import Wording, counted, names_en, names_zh, with_load
from duikou.engines.text import Text


def load(name: str, recipients: Sequence[str], target: int, *, about: bool, suggestion: Text) -> Wording:
    """A supporter with more or fewer recipients than the rule's number (`about`: the rule is loose)."""
    count = len(recipients)
    near_zh, near_en = ("左右", "about ") if about else ("", "")
    if count > target:
        deviation = Text(f"多{count - target}所", f"{count - target} too many")
    else:
        deviation = Text(f"少{target - count}所", f"{target - count} too few")
    return Wording(
        expected=Text(
            f"与{target}所{near_zh}县级医院结对",
            f"paired with {near_en}{counted(target, 'county-level hospital')}",
        ),
        found=Text(
            f"{count}所：{names_zh(recipients)}",
            f"{counted(count, 'recipient')}: {names_en(recipients)}",
        ),
        message=Text(
            f"{name}支援{count}所医院，规定为{target}所{near_zh}，{deviation.zh}。",
            f"{name} supports {counted(count, 'hospital')}; the rule says {near_en}{target}: {deviation.en}.",
        ),
        suggestion=suggestion,
    )


def too_many(surplus: int, movable: Sequence[tuple[str, str]], free: Sequence[tuple[str, int]]) -> Text:
    """What to do about a surplus.

    `movable`: recipients that another supporter has too, with its name; `free`:
    supporters of the same table with room, with their load.
    """
    ways_zh, ways_en = [], []
    if movable:
        pairs_zh = "；".join(f"{recipient}（另有{other}支援）" for recipient, other in movable)
        pairs_en = "; ".join(f"{recipient} (also supported by {other})" for recipient, other in movable)
        ways_zh.append(f"可先调出已有其他支援医院的受援医院：{pairs_zh}")
        ways_en.append(f"first release recipients that have another supporter: {pairs_en}")
    if free:
        room = with_load(free)
        ways_zh.append(f"可转由未满额的支援医院承担：{room.zh}")
        ways_en.append(f"hand over to supporters with room: {room.en}")
    if not ways_zh:
        ways_zh.append("调给其他有能力的支援医院")
        ways_en.append("hand over to another supporter that is able")
    return Text(
        f"减少{surplus}所。{'；'.join(ways_zh)}；或说明保留理由。",
        f"Reduce by {surplus}: {'; or '.join(ways_en)}; or record why all stay.",
    )


def too_few(missing: int, open_units: Sequence[str], *, general: bool) -> Text:
    """What to do about a shortage; `open_units`: counties in reach without any recipient."""
    if open_units:
        return Text(
            f"增加{missing}所受援医院；尚无受援医院的有：{names_zh(open_units)}。",
            f"Add {counted(missing, 'recipient')}; still without any: {names_en(open_units)}.",
        )
    if general:
        return Text(
            f"增加{missing}所受援医院，或说明能力所限等理由。",
            f"Add {counted(missing, 'recipient')}, or record the reason, such as limited capacity.",
        )
    return Text(
        f"增加{missing}所需要其专科的县级医院，或说明能力所限等理由。",
        f"Add {counted(missing, 'county-level hospital')} in need of its specialty, or record the reason.",
    )
