"""Numbers and names: what is taken, how it is masked, how it is sealed."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography.fernet import InvalidToken
from hypothesis import given
from hypothesis import strategies as st

from duikou.wings.patients import identity
from duikou.wings.patients.sealing import blind_index, seal, unseal
from tests.wings.patients.conftest import card


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王建明", "王＊明"),
        ("王明", "王＊"),
        ("王", "＊"),
        ("", "＊"),
        ("欧阳建国", "欧＊＊国"),
        ("於碶峃", "於＊峃"),
        ("𠮷田峃", "𠮷＊峃"),
        ("阿依古丽·买买提", "阿＊＊＊＊＊＊提"),
        ("葛\U000e0100明亮", "葛＊亮"),
    ],
)
def test_masked_names(name: str, masked: str) -> None:
    assert identity.masked_name(name) == masked


@given(st.text(alphabet="王於碶峃𠮷明·", min_size=3, max_size=8))
def test_a_masked_name_tells_the_ends_and_the_length_alone(name: str) -> None:
    masked = identity.masked_name(name)
    assert len(masked) == len(name)
    assert masked[0] == name[0]
    assert masked[-1] == name[-1]
    assert set(masked[1:-1]) == {identity.HIDDEN}


def test_rare_characters_stay_what_they_are() -> None:
    assert identity.tidy_name(" 於  𠮷 ") == "於 𠮷"
    assert identity.name_key("於 𠮷") != identity.name_key("于 吉")
    assert identity.name_key("买买提•吐尔逊") == identity.name_key("买买提·吐尔逊")


@given(st.dates(dt.date(1900, 1, 1), dt.date(2026, 1, 1)), st.integers(0, 499), st.booleans())
def test_a_card_number_tells_birth_and_sex(born: dt.date, serial: int, male: bool) -> None:
    number = card(serial, born, male)
    assert identity.fault_of_number("card", number) == ""
    assert identity.card_facts(number) == identity.CardFacts(born, "male" if male else "female")


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_found(place: int, more: int) -> None:
    number = card()
    wrong = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    assert identity.fault_of_number("card", wrong)


@pytest.mark.parametrize(
    ("kind", "number", "fault"),
    [
        ("card", "33052319560308", "18 位"),
        ("card", "33052319560230" + "001X", ""),
        ("none", "123", "须留空"),
        ("other", "12", "5–20"),
        ("other", "E12345678", None),
        ("none", "", None),
    ],
)
def test_faults_of_numbers(kind: str, number: str, fault: str | None) -> None:
    found = identity.fault_of_number(kind, number)
    assert (found == "") if fault is None else (found and fault in found)


def test_numbers_are_read_however_they_are_typed() -> None:
    assert identity.tidy_number(" ３３０５２３-1956 0308-001ｘ") == "33052319560308001X"
    assert identity.masked_number("330523195603080017") == "330*************17"
    assert identity.masked_phone("13800000001") == "138******01"
    assert identity.fault_of_phone("12ab")


def test_a_sealed_number_says_nothing_and_the_index_is_keyed(settings: object) -> None:
    sealed = seal("330523195603080017")
    assert "3305" not in sealed
    assert unseal(sealed) == "330523195603080017"
    assert seal("") == unseal("") == blind_index("card", "") == ""
    first = blind_index("card", "330523195603080017")
    assert first != blind_index("other", "330523195603080017")
    settings.PATIENT_INDEX_KEY = b"another key of the index, long enough"  # type: ignore[attr-defined]
    assert first != blind_index("card", "330523195603080017")
    old = settings.PATIENT_KEY  # type: ignore[attr-defined]
    settings.PATIENT_KEY = b"another key of the numbers, long enough"  # type: ignore[attr-defined]
    with pytest.raises(InvalidToken):
        unseal(sealed)
    settings.PATIENT_KEYS_BEFORE = [old]  # type: ignore[attr-defined]
    assert unseal(sealed) == "330523195603080017"
