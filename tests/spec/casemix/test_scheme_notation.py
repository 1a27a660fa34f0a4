"""The notation of conditions, form by form: what it says of a record. None = not known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from duikou.engines.casemix import scheme
from duikou.engines.casemix.grouper.records import record_of
from duikou.engines.casemix.grouper.reference import judge
from duikou.engines.casemix.scheme import BadScheme
from tests.casemix_schemes import INVENTED, pages_of, write_scheme

LISTS = """
    kind,list,code
    dx,HEAD,S01
    dx,CHEST,S02
    dx,LEG,S03
    dx,FAMILY,C5*
    dx,ONE,C50.1
    px,PUMP,96.71
    px,TUBE,96.7*
"""

FORMS: list[tuple[str, dict[str, Any], bool | None]] = [
    # positions of diagnoses
    ("pdx(HEAD)", {"dx": "S01 S02"}, True),
    ("pdx(CHEST)", {"dx": "S01 S02"}, False),
    ("odx(CHEST)", {"dx": "S01 S02"}, True),
    ("odx(HEAD)", {"dx": "S01 S02"}, False),
    ("anydx(HEAD)", {"dx": "S01 S02"}, True),
    ("anydx(HEAD, LEG)", {"dx": "X S03"}, True),
    ("anydx(LEG)", {"dx": "S01 S02"}, False),
    ("onlydx(HEAD)", {"dx": "S01 S01"}, True),
    ("onlydx(HEAD)", {"dx": "S01 S02"}, False),
    # positions of operations
    ("ppx(PUMP)", {"dx": "A", "px": "96.71 00.1"}, True),
    ("ppx(PUMP)", {"dx": "A", "px": "00.1 96.71"}, False),
    ("opx(PUMP)", {"dx": "A", "px": "00.1 96.71"}, True),
    ("anypx(PUMP)", {"dx": "A", "px": "00.1 96.71"}, True),
    ("onlypx(PUMP)", {"dx": "A", "px": "96.71"}, True),
    ("onlypx(PUMP)", {"dx": "A"}, False),
    # whether there is any; a named code; a beginning of codes
    ("anypx()", {"dx": "A", "px": "nowhere"}, True),
    ("anypx()", {"dx": "A"}, False),
    ("not ppx()", {"dx": "A", "px": "- 96.71"}, True),
    ('anypx("96.71")', {"dx": "A", "px": "96.71"}, True),
    ('anypx("96.71")', {"dx": "A", "px": "96.711"}, False),
    ('pdx("C50*")', {"dx": "C50.123"}, True),
    ('pdx("C50*", "D05*")', {"dx": "D05.9"}, True),
    ('pdx("C50*")', {"dx": "C51"}, False),
    ("pdx(FAMILY) and not pdx(ONE)", {"dx": "C50.2"}, True),
    ("pdx(FAMILY) and not pdx(ONE)", {"dx": "C50.1"}, False),
    ("anypx(TUBE)", {"dx": "A", "px": "96.72"}, True),
    # numbered lists, lists of other groups
    ("anypx(CA1.P:1) or anypx(CA1.P:3)", {"dx": "A", "px": "20.3"}, True),
    ("ppx(CA2.P)", {"dx": "A", "px": "30.1"}, True),
    ("anypx(CA1.*)", {"dx": "A", "px": "20.2"}, True),
    ("anypx(CA1.*)", {"dx": "A", "px": "30.1"}, False),
    ("pdx(CR1.D)", {"dx": "C02"}, True),
    # negation and binding
    ("not pdx(HEAD)", {"dx": "S01"}, False),
    ("not not pdx(HEAD)", {"dx": "S01"}, True),
    ("pdx(HEAD) or pdx(LEG) and sex==2", {"dx": "S01", "sex": 1}, True),
    ("(pdx(HEAD) or pdx(LEG)) and sex==2", {"dx": "S01", "sex": 1}, False),
    # sex
    ("sex==1", {"dx": "A", "sex": 1}, True),
    ("sex==1", {"dx": "A", "sex": 2}, False),
    ("sex!=1", {"dx": "A", "sex": 2}, True),
    ("sex==1", {"dx": "A", "sex": 0}, None),
    ("sex==1", {"dx": "A", "sex": 9}, None),
    # age in years and days: boundary of the newborn, splits of the young and the old
    ("age_days<=28", {"dx": "A", "age_years": 0, "age_days": 28}, True),
    ("age_days<=28", {"dx": "A", "age_years": 0, "age_days": 29}, False),
    ("age_days<29", {"dx": "A", "age_years": 0, "age_days": 28}, True),
    ("age_days<=28", {"dx": "A", "age_years": 0}, None),
    ("age_days<=28", {"dx": "A", "age_years": 1}, False),
    ("age_days<=28", {"dx": "A"}, None),
    ("age_years==0", {"dx": "A", "age_days": 364}, True),
    ("age_years<6", {"dx": "A", "age_years": 5}, True),
    ("age_years<6", {"dx": "A", "age_years": 6}, False),
    ("age_years>=70", {"dx": "A", "age_years": 70}, True),
    # weight in grams
    ("0<weight<1500", {"dx": "A", "admission_weight": 1499}, True),
    ("0<weight<1500", {"dx": "A", "admission_weight": 1500}, False),
    ("0<weight<1500", {"dx": "A", "admission_weight": 0}, False),
    ("1500<=weight<2000", {"dx": "A", "admission_weight": 1500}, True),
    ("1500<=weight<2000", {"dx": "A", "admission_weight": 2000}, False),
    ("2000<=weight<2500", {"dx": "A", "birth_weight": 2499}, True),
    ("weight>=2500", {"dx": "A", "birth_weight": 2500}, True),
    ("weight>=2500", {"dx": "A", "birth_weight": 2600, "admission_weight": 2400}, False),
    ("weight>=2500", {"dx": "A"}, None),
    # stay, way of discharge, intensive care, department
    ("stay>30", {"dx": "A", "stay_days": 31}, True),
    ("stay<=30", {"dx": "A"}, None),
    ("disposition==5", {"dx": "A", "disposition": 5}, True),
    ("disposition in (2, 3)", {"dx": "A", "disposition": 3}, True),
    ("not disposition in (2, 3)", {"dx": "A"}, None),
    ("icu_hours>=96", {"dx": "A", "icu_hours": 96.0}, True),
    ("ventilator_hours>=96", {"dx": "A", "ventilator_hours": 95.5}, False),
    ('department in ("ICU", "NICU")', {"dx": "A", "department": "NICU"}, True),
    ('department == "ICU"', {"dx": "A", "department": "NICU"}, False),
    ('department != "ICU"', {"dx": "A", "department": "NICU"}, True),
    # counts
    ("count(anypx, PUMP)>=2", {"dx": "A", "px": "96.71 96.71"}, True),
    ("count(anypx, PUMP)>1", {"dx": "A", "px": "96.71"}, False),
    ("count(opx, PUMP)<1", {"dx": "A", "px": "96.71"}, True),
    ("sum(anypx, PUMP, 3*CA2.P)>=4", {"dx": "A", "px": "96.71 30.1"}, True),
    ("sum(anypx, PUMP, 3*CA2.P)>=4", {"dx": "A", "px": "96.71 96.71 96.71"}, False),
    ("at_least(2, anydx(HEAD), anydx(CHEST), anydx(LEG))", {"dx": "S01 S03"}, True),
    ("at_least(2, anydx(HEAD), anydx(CHEST), anydx(LEG))", {"dx": "S01 S01"}, False),
    # complications
    ("mcc", {"dx": "X K01"}, True),
    ("mcc", {"dx": "K01 X"}, False),
    ("cc", {"dx": "X K03"}, True),
    ("cc", {"dx": "X K03 K01"}, False),
    ("mcc_or_cc", {"dx": "X K03"}, True),
    ("none", {"dx": "X Y"}, True),
    ("none", {"dx": "C01 K01 K03"}, True),
    ("cc", {"dx": "C01 K01 K04"}, True),
    ("mcc and age_years<6", {"dx": "X K01", "age_years": 3}, True),
    # words
    ("any", {"dx": "A"}, True),
    ("true and not false", {"dx": "A"}, True),
    # what is not known decides nothing that is decided without it
    ("pdx(HEAD) or sex==1", {"dx": "S01"}, True),
    ("pdx(HEAD) and sex==1", {"dx": "S02"}, False),
    ("pdx(HEAD) and sex==1", {"dx": "S01"}, None),
    ("at_least(2, sex==1, pdx(HEAD), anydx(HEAD))", {"dx": "S01"}, True),
]


@pytest.mark.parametrize(("text", "record", "expected"), FORMS)
def test_a_condition(text: str, record: dict[str, Any], expected: bool | None, tmp_path: Path) -> None:
    tables = {**INVENTED, "lists.csv": LISTS}
    quoted = '"' + text.replace('"', '""') + '"'
    tables["adrg.csv"] = "\n".join([*INVENTED["adrg.csv"].strip().splitlines(), f"MC,5,CX1,{quoted}"])
    tables["drg.csv"] = "\n".join([*INVENTED["drg.csv"].strip().splitlines(), "CX1,1,CX19,any,"])
    read = scheme.load(write_scheme(tmp_path / "s", tables))
    condition = next(rule.condition for _, rule in read.rules() if rule.adrg == "CX1")
    page = pages_of(record).row(0, named=True)
    assert judge(condition, record_of(page, read), read) is expected


@pytest.mark.parametrize(
    ("text", "at", "zh"),
    [
        ("pdx(", 5, "代码表名称"),
        ("pdx(NOWHERE)", 5, "NOWHERE"),
        ("ppx(D)", 5, "手术操作表"),
        ("anypx(QQ1.P)", 7, "QQ1.P"),
        ("pdx(D) and", 11, "条件"),
        ("pdx(D) pdx(D)", 8, "结尾"),
        ("(pdx(D)", 8, "“)”"),
        ("pdx(D) ; sex==1", 8, "不认识的字符"),
        ("wibble", 1, "不认识“wibble”"),
        ("sex==male", 6, "数值"),
        ("0<department", 3, "数值项目"),
        ('department>"ICU"', 11, "=="),
        ("count(anypx, P)", 16, ">="),
        ("count(P)>=1", 7, "pdx"),
        ("distinct_sites(anydx)>=x", 24, "整数"),
        ("disposition in (a)", 17, "取值"),
        ("(" * 70 + "true" + ")" * 70, 61, "嵌套过深"),
    ],
)
def test_a_condition_that_cannot_be_read(text: str, at: int, zh: str, tmp_path: Path) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    tables = {**INVENTED, "adrg.csv": f"mdc,eval_order,adrg,condition\nMC,1,CR1,{quoted}"}
    with pytest.raises(BadScheme) as refused:
        scheme.load(write_scheme(tmp_path / "s", tables))
    message = refused.value.message
    assert message.zh.startswith("adrg.csv:2：")
    assert f"第 {at} 个字符" in message.zh
    assert zh in message.zh
    assert f"at character {at}" in message.en
