"""Sentences that say why a pair is kept, begun or ended: facts of the two rounds and the rule concerned."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from duikou.engines.pairing.optimise.model import CITY_TABLE, COVERAGE, DUPLICATE
from duikou.engines.pairing.texts import counted, names_en, names_zh
from duikou.engines.text import Text

LOCKED = Text("按您的锁定", "locked by you")
FORBIDDEN = Text("按您的禁止", "forbidden by you")
LEAST_CHANGES = Text(
    "各项规则与最少变动同时成立时的安排", "so that all rules hold with the fewest changes together"
)
LOST = {
    "supporter_closed": Text("支援医院已关闭", "the supporter is closed"),
    "recipient_closed": Text("受援医院已关闭", "the recipient is closed"),
    "too_far": Text("超过最大距离", "beyond the maximum distance"),
}


def joined(parts: Sequence[Text]) -> Text:
    """Several reasons as one sentence."""
    return Text("；".join(one.zh for one in parts) + "。", "; ".join(one.en for one in parts) + ".")


def bounds(least: int, most: int) -> str:
    """A range: 2, 2–4, at least 1."""
    return str(least) if least == most else f"{least}–{most}"


@lru_cache(maxsize=1024)
def kept(load: int, rule: str | None, least: int, most: int) -> Text:
    """A pair that goes on."""
    about = _about(rule, least, most)
    return Text(
        f"延续现有结对；支援医院共支援{load}所（{about.zh}）",
        f"goes on; its supporter has {counted(load, 'recipient')} ({about.en})",
    )


def covers(county: str, *, assumed: bool) -> Text:
    """A county that had no recipient gets one."""
    named = Text("，具体医院待定", ", the hospital still to be named") if assumed else Text("", "")
    return Text(
        f"{county}此前没有受援医院（{COVERAGE}）{named.zh}",
        f"{county} had no supported hospital ({COVERAGE}){named.en}",
    )


def covers_in_city_table(county: str) -> Text:
    """A county that its city's table did not reach is reached."""
    return Text(
        f"{county}此前不在本市的表内（{CITY_TABLE}）",
        f"its city's own table did not reach {county} ({CITY_TABLE})",
    )


def raised(name: str, before: int, after: int, rule: str | None, least: int, most: int) -> Text:
    """A supporter that had too few."""
    return _moved("增", "rises", name, before, after, rule, least, most)


def lowered(name: str, before: int, after: int, rule: str | None, least: int, most: int) -> Text:
    """A supporter that had too many."""
    return _moved("减", "falls", name, before, after, rule, least, most)


def filled(name: str, after: int, rule: str | None, least: int, most: int) -> Text:
    """A supporter that would have too few, since others of its pairs end."""
    about = _about(rule, least, most)
    return Text(
        f"{name}有结对取消，补足为{after}所（{about.zh}）",
        f"{name}, other pairs of which end, is filled up to {after} ({about.en})",
    )


def _moved(
    zh: str, en: str, name: str, before: int, after: int, rule: str | None, least: int, most: int
) -> Text:
    about = _about(rule, least, most)
    return Text(
        f"{name}由{before}所{zh}为{after}所（{about.zh}）",
        f"{name} {en} from {before} to {after} ({about.en})",
    )


def _about(rule: str | None, least: int, most: int) -> Text:
    """What a supporter should have, by its rule or, where it has none, at all."""
    wanted = bounds(least, most)
    if rule is None:
        return Text(f"应为{wanted}所", f"should be {wanted}")
    return Text(f"{rule}：{wanted}所", f"{rule}: {wanted}")


def instead_of(names: Sequence[str]) -> Text:
    """A recipient that gets another supporter."""
    return Text(f"接替{names_zh(names)}", f"takes over from {names_en(names)}")


def goes_to(names: Sequence[str]) -> Text:
    """The recipient of an ended pair has another supporter."""
    return Text(f"改由{names_zh(names)}支援", f"supported by {names_en(names)} instead")


def one_of_several(before: int, most: int, remaining: Sequence[str]) -> Text:
    """A recipient with more supporters than allowed keeps some."""
    return Text(
        f"该院原有{before}所支援医院，应不超过{most}所（{DUPLICATE}），保留{names_zh(remaining)}",
        f"it had {counted(before, 'supporter')}, at most {most} allowed ({DUPLICATE}); "
        f"{names_en(remaining)} stays",
    )


def nobody_left() -> Text:
    """A recipient that has no supporter any more."""
    return Text("该院不再受援", "it has no supporter any more")


def support_ended(reasons: Sequence[Text]) -> Text:
    """What had ended the former support of a recipient."""
    return Text(
        f"原支援已终止（{'、'.join(one.zh for one in reasons)}）",
        f"its former support ended ({', '.join(one.en for one in reasons)})",
    )
