"""What `scheme check` finds, one fault at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from duikou.engines.casemix import scheme
from duikou.engines.casemix.data import STARTER
from duikou.engines.casemix.scheme import BadScheme, Grade
from tests.casemix_schemes import INVENTED, write_scheme
from tests.drg_data import DATA, needs_drg_data

FLAGS = '[flags]\nA = "B"\nB = "A"'
CIRCLE = "mdc,eval_order,adrg,condition\nMC,1,CR1,A"
FAULTS = [
    ("mdc.csv", "4,MC,pdx(D)", "4,MC,pdx(NOWHERE)", Grade.ERROR, "NOWHERE"),
    ("mdc.csv", "4,MC,pdx(D)", "x,MC,pdx(D)", Grade.ERROR, "eval_order"),
    ("mdc.csv", "4,MC,pdx(D)", "4,MC,", Grade.ERROR, "condition"),
    ("mdc.csv", "4,MC,pdx(D)", "4,MC,pdx(D)\n5,MC,pdx(D)", Grade.ERROR, "MC"),
    ("adrg.csv", "MC,2,CA2,ppx(P)", "MX,2,CA2,ppx(P)", Grade.ERROR, "MX"),
    ("adrg.csv", "MC,2,CA2,ppx(P)", "MC,2,CA2,ppx(P", Grade.ERROR, "adrg.csv:7"),
    ("adrg.csv", "MC,2,CA2,ppx(P)", "MC,2,CA2,false", Grade.WARNING, "CA2"),
    ("adrg.csv", "MC,4,CR2,sex==2", "MC,4,CR2,ppx(CA2.P)", Grade.WARNING, "CA2"),
    ("adrg.csv", "MC,4,CR2,sex==2", "MC,4,CR2,pdx(CA1.D)", Grade.WARNING, "CR1"),
    ("adrg.csv", "MB,2,BR2,true", "MB,2,BR2,true\nMB,3,BR3,sex==1", Grade.WARNING, "BR2"),
    ("adrg_px.csv", "CA2,30.1,", "", Grade.WARNING, "CA2/P"),
    ("adrg_px.csv", "CA2,30.1,", "CA2,30.1,\nCA2,30.1,", Grade.NOTE, "CA2 30.1"),
    ("drg.csv", "CA2,1,CA29,any,", "", Grade.ERROR, "CA2"),
    ("drg.csv", "CA2,1,CA29,any,", "CX2,1,CA29,any,", Grade.ERROR, "CX2"),
    ("drg.csv", "CA2,1,CA29,any,", "CA2,1,CA29,mcc,", Grade.WARNING, "CA2"),
    ("drg.csv", "CA2,1,CA29,any,", "CA2,1,CA29,any,\nCA2,2,CA28,cc,", Grade.WARNING, "CA28"),
    ("drg.csv", "CA2,1,CA29,any,", "CA2,1,CA29,wibble,", Grade.ERROR, "wibble"),
    ("cc_exclusion_pdx.csv", "C02,3", "C02,77", Grade.NOTE, "77"),
    ("dx_codes.csv", "", "dx\nA01", Grade.WARNING, "B01"),
    ("scheme.toml", "", 'checksum = "0000"', Grade.ERROR, "0000"),
    ("scheme.toml", "", "official = false", Grade.NOTE, "官方"),
]


@pytest.mark.parametrize(("table", "old", "new", "grade", "named"), FAULTS)
def test_a_fault_is_found(table: str, old: str, new: str, grade: Grade, named: str, tmp_path: Path) -> None:
    text = "\n".join(line.strip() for line in INVENTED.get(table, "").strip().splitlines())
    assert old in text
    changed = text.replace(old, new, 1) if old else new
    before = scheme.check(write_scheme(tmp_path / "whole", {**INVENTED, "scheme.toml": "official = true"}))
    found = scheme.check(
        write_scheme(tmp_path / "s", {"scheme.toml": "official = true", **INVENTED, table: changed})
    )
    new_ones = [one for one in found if one.text not in [known.text for known in before]]
    said = [one for one in new_ones if named in one.text.zh]
    assert said, [one.text.zh for one in new_ones]
    assert grade in {one.grade for one in said}


def test_a_sound_scheme_has_no_errors(tmp_path: Path) -> None:
    found = scheme.check(write_scheme(tmp_path / "s", INVENTED))
    assert {one.grade for one in found} <= {Grade.NOTE}


def test_our_own_scheme_is_sound_and_not_official() -> None:
    found = scheme.check(STARTER)
    assert [one.grade for one in found] == [Grade.NOTE]


@needs_drg_data
@pytest.mark.parametrize("folder", ["chs-drg-1.1", "chs-drg-1.0r", "ms-drg-v43"])
def test_the_public_tables_can_be_used(folder: str) -> None:
    assert not any(one.grade is Grade.ERROR for one in scheme.check(DATA / folder))


@pytest.mark.parametrize(
    ("tables", "zh", "en"),
    [
        ({}, "没有分组表", "no grouping tables"),
        ({"adrg.csv": "a", "drg.csv": "b"}, "缺少表 mdc.csv", "mdc.csv is missing"),
        ({**INVENTED, "mdc.csv": "eval_order,mdc\n1,MA"}, "缺少列：condition", "lacks columns: condition"),
        ({**INVENTED, "mdc.csv": 'eval_order,mdc,condition\n1,MA,"pdx(D'}, "不能读作 CSV", "be read as CSV"),
        ({**INVENTED, "adrg.csv": "mdc,eval_order,adrg,condition"}, "没有任何分组条件", "no rules"),
        ({**INVENTED, "scheme.toml": "name = "}, "语法错误", "not valid TOML"),
        ({**INVENTED, "scheme.toml": "dx_length = 0"}, "dx_length 应为正整数", "whole number above 0"),
        ({**INVENTED, "scheme.toml": "wibble = 1"}, "不认识的设置“wibble”", "unknown setting “wibble”"),
        ({**INVENTED, "scheme.toml": 'form = "x"'}, "form 应为其中之一", "form must be one of"),
        ({**INVENTED, "scheme.toml": "[assume]\nshoe = 4"}, "assume", "assume"),
        ({**INVENTED, "scheme.toml": '[no_group]\nmdc = "0"'}, "no_group", "adrg, drg, mdc"),
        ({**INVENTED, "scheme.toml": FLAGS, "adrg.csv": CIRCLE}, "A → B → A", "A → B → A"),
    ],
)  # fmt: skip
def test_a_bad_scheme_is_refused(tables: dict[str, str], zh: str, en: str, tmp_path: Path) -> None:
    with pytest.raises(BadScheme) as refused:
        scheme.load(write_scheme(tmp_path / "s", tables))
    assert zh in refused.value.message.zh
    assert en in refused.value.message.en


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    folder = write_scheme(tmp_path / "s", INVENTED)
    (folder / "drg.csv").write_bytes("adrg,eval_order,drg,severity_test\n心脏".encode("gb18030"))
    with pytest.raises(BadScheme, match=r"drg.csv 不是 UTF-8"):
        scheme.load(folder)


def test_a_cut_gzip_is_refused(tmp_path: Path) -> None:
    import gzip

    folder = write_scheme(
        tmp_path / "s", {name: text for name, text in INVENTED.items() if name != "drg.csv"}
    )
    (folder / "drg.csv.gz").write_bytes(gzip.compress(INVENTED["drg.csv"].encode())[:-9])
    with pytest.raises(BadScheme, match=r"drg.csv.gz 压缩损坏"):
        scheme.load(folder)
