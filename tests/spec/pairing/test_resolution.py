"""How the printed names of Zhejiang's tables find their hospitals."""

from __future__ import annotations

from collections import Counter

import pytest

from duikou.engines.pairing.model import Resolution
from duikou.engines.pairing.resolve import Context, Entry, Match, Register
from tests.spec.pairing.zhejiang import START, divisions, printed_rows, real_round, register


def resolved_by(names: Register) -> dict[str, Match]:
    """Every printed name with its match."""
    return {
        line[side]: names.resolve(line[side], START, Context(line["table"], line["group"] or None))
        for line in printed_rows()
        for side in ("supporter", "recipient")
    }


# printed name                how it is found (with the aliases of the register)
NOT_PRINTED_AS_REGISTERED = {
    "建德市第一人医院": Resolution.TYPO,
    "省人民医院": Resolution.SHORT,
    "解放军117医院": Resolution.SHORT,
    "武警杭州医院": Resolution.SHORT,
    "景宁县人民医院": Resolution.SHORT,
    "北仑区人民医院": Resolution.SHORT,
    "宁波镇海第二医院": Resolution.SHORT,
    "桐庐富春江中心卫生院": Resolution.SHORT,
    "舟山医院": Resolution.SHORT,
    "普陀人民医院六横分院": Resolution.SHORT,
    "台州医院": Resolution.SHORT,
    "上虞市妇幼保健院": Resolution.OLD,
    "上虞市人民医院": Resolution.OLD,
}


@pytest.mark.parametrize(("printed", "resolution"), NOT_PRINTED_AS_REGISTERED.items())
def test_how_a_name_is_found(printed: str, resolution: Resolution) -> None:
    match = resolved_by(register())[printed]
    assert match.hospital is not None
    assert match.resolution is resolution


def test_all_218_names_are_found_without_a_guess() -> None:
    matches = resolved_by(register())
    assert len(matches) == 218
    assert all(match.sure for match in matches.values())
    assert len({match.hospital.key for match in matches.values() if match.hospital}) == 218


# Without a single alias, rules alone place all but these three; the best proposal is right each time.
LEFT_TO_A_PERSON = {
    "建德市第一人医院": "建德市第一人民医院",
    "解放军117医院": "中国人民解放军第一一七医院",
    "武警杭州医院": "中国人民武装警察部队浙江省总队杭州医院",
}


def test_without_aliases_three_names_are_left_to_a_person() -> None:
    bare = Register([Entry(entry.hospital) for entry in register().entries.values()], divisions())
    matches = resolved_by(bare)
    open_ = {name: match.candidates[0].hospital.name for name, match in matches.items() if not match.sure}
    assert open_ == LEFT_TO_A_PERSON
    known = {
        **{row.supporter_printed: row.supporter for row in real_round().rows},
        **{row.recipient_printed: row.recipient for row in real_round().rows},
    }
    assert all(match.hospital == known[name] for name, match in matches.items() if match.sure)
    assert Counter(match.resolution for match in matches.values())[Resolution.OLD] == 2
