"""Reading a printed name: its writing, its place, its kind."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duikou.engines.pairing.model import HospitalKind, Unit, UnitKind
from duikou.engines.pairing.names import (
    DivisionAlias,
    Divisions,
    classify,
    folded,
    index_form,
    infer_kind,
    is_main_county_hospital,
    normalise,
    parse,
)

K = UnitKind
UNITS = (
    Unit("330122", "桐庐县", K.COUNTY, "330100", "杭州市"),
    Unit("330185", "临安市", K.COUNTY_CITY, "330100", "杭州市"),
    Unit("330211", "镇海区", K.DISTRICT, "330200", "宁波市"),
    Unit("330502", "吴兴区", K.DISTRICT, "330500", "湖州市"),
    Unit("330603", "柯桥区", K.DISTRICT, "330600", "绍兴市"),
    Unit("330604", "上虞区", K.DISTRICT, "330600", "绍兴市"),
    Unit("330782", "义乌市", K.COUNTY_CITY, "330700", "金华市"),
    Unit("330903", "普陀区", K.DISTRICT, "330900", "舟山市"),
    Unit("331082", "临海市", K.COUNTY_CITY, "331000", "台州市"),
    Unit("331127", "景宁畲族自治县", K.AUTONOMOUS_COUNTY, "331100", "丽水市"),
    Unit("330302", "鹿城区", K.DISTRICT, "330300", "温州市"),
)
SHAOXING = DivisionAlias("绍兴县", "330603", None, date(2013, 10, 18))
SHANGYU = DivisionAlias("上虞市", "330604", None, date(2013, 10, 18))
ZHEJIANG = Divisions(UNITS, provinces=["浙江省"], aliases=[SHAOXING, SHANGYU])


# printed                        normalised
@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("嘉兴市第二医院　", "嘉兴市第二医院"),  # ideographic space
        ("杭 州 市", "杭州市"),
        ("宁\n波\n市", "宁波市"),
        ("解放军１１７医院", "解放军117医院"),  # full-width digits
        ("台州恩泽医疗中心（集团）路桥医院", "台州恩泽医疗中心(集团)路桥医院"),
        ("台州恩泽医疗中心【集团】", "台州恩泽医疗中心(集团)"),
        ("\ufeff浙江\u200b医院", "浙江医院"),
        ("解放军第一○三医院", "解放军第一〇三医院"),  # a circle for the character zero
        ("St. John Hospital", "St. John Hospital"),
        ("临安市於潜人民医院", "临安市於潜人民医院"),  # 於 is not made 于
        ("鄞州区石碶医院", "鄞州区石碶医院"),
        ("文成县大峃镇卫生院", "文成县大峃镇卫生院"),
        ("𠮷祥医院", "𠮷祥医院"),  # outside the basic plane
    ],
)
def test_normalised_writing(printed: str, expected: str) -> None:
    assert normalise(printed) == expected


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert index_form(normalise(text)) == index_form(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("临安市於潜人民医院", "临安市于潜人民医院"),
        ("解放军第117医院", "解放军第一一七医院"),
        ("解放军117医院", "解放军第一一七医院"),
        ("解放军一一七医院", "解放军117医院"),
        ("解放军第一〇三医院", "解放军第103医院"),
        ("第十一人民医院", "第11人民医院"),
        ("第二十人民医院", "第20人民医院"),
        ("第一百零一医院", "第101医院"),
        ("台州恩泽医疗中心（集团）路桥医院", "台州恩泽医疗中心集团路桥医院"),
    ],
)
def test_writings_that_meet_in_the_index(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)
    assert index_form(one) == index_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("杭州市第一人民医院", "杭州市第二人民医院"),
        ("龙湾区第一人民医院", "龙湾区人民医院"),
        ("三门县人民医院", "3门县中医院"),
        ("安吉县中医院", "安吉县中医医院"),  # another wording, not another writing
    ],
)
def test_names_that_stay_apart_in_the_index(one: str, other: str) -> None:
    assert index_form(one) != index_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("安吉县中医医院", "安吉县中医院"),
        ("东阳市精神病医院", "东阳市精神病院"),
        ("桐庐县富春江镇中心卫生院", "桐庐县富春江中心卫生院"),
        ("中国人民解放军第一一七医院", "解放军117医院"),
    ],
)
def test_usual_other_wordings_are_folded(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("printed", "city", "unit", "rest", "complete"),
    [
        ("宁波市镇海区第二医院", "330200", "330211", "第二医院", True),
        ("宁波镇海第二医院", "330200", "330211", "第二医院", False),
        ("镇海区第二医院", "330200", "330211", "第二医院", True),
        ("浙江省宁波市镇海区第二医院", "330200", "330211", "第二医院", True),
        ("桐庐富春江中心卫生院", "330100", "330122", "富春江中心卫生院", False),
        ("普陀人民医院六横分院", "330900", "330903", "人民医院六横分院", False),
        ("景宁县人民医院", "331100", "331127", "人民医院", False),
        ("景宁自治县人民医院", "331100", "331127", "人民医院", False),
        ("景宁畲族自治县人民医院", "331100", "331127", "人民医院", True),
        ("湖州交通医院", "330500", None, "交通医院", False),
        ("台州医院", "331000", None, "医院", False),
        ("杭州市第一人民医院", "330100", None, "第一人民医院", True),
        ("绍兴县人民医院", "330600", "330603", "人民医院", True),  # not 绍兴 + 县人民医院
        ("省人民医院", None, None, "人民医院", False),
        ("浙江衢化医院", None, None, "衢化医院", False),
        # names of schools and of the army carry no division
        ("浙江大学医学院附属第一医院", None, None, "浙江大学医学院附属第一医院", True),
        ("温州医科大学附属第二医院", None, None, "温州医科大学附属第二医院", True),
        ("杭州师范大学医学院附属医院", None, None, "杭州师范大学医学院附属医院", True),
        ("解放军117医院", None, None, "解放军117医院", True),
        # a county that is not of this province
        ("长兴县人民医院", None, None, "长兴县人民医院", True),
    ],
)
def test_the_divisions_of_a_name(
    printed: str, city: str | None, unit: str | None, rest: str, complete: bool
) -> None:
    parsed = parse(printed, ZHEJIANG)
    assert (parsed.city_code, parsed.unit_code, parsed.rest, parsed.complete) == (city, unit, rest, complete)


def test_a_former_name_of_a_county_is_told() -> None:
    parsed = parse("上虞市人民医院", ZHEJIANG)
    assert (parsed.unit_code, parsed.former) == ("330604", SHANGYU)
    assert parse("上虞区人民医院", ZHEJIANG).former is None


def test_counties_of_the_same_name_are_told_apart_by_the_city() -> None:
    twins = Divisions(
        [
            Unit("320106", "鼓楼区", K.DISTRICT, "320100", "南京市"),
            Unit("320302", "鼓楼区", K.DISTRICT, "320300", "徐州市"),
        ]
    )
    assert parse("鼓楼区人民医院", twins).unit_codes == ("320106", "320302")
    assert parse("鼓楼区人民医院", twins).unit_code is None
    assert parse("鼓楼区人民医院", twins, city_code="320300").unit_code == "320302"
    assert parse("南京市鼓楼区人民医院", twins).unit_code == "320106"


@pytest.mark.parametrize(
    ("unit", "printed", "recognised"),
    [
        ("双江拉祜族佤族布朗族傣族自治县", "双江县人民医院", True),
        ("鄂温克族自治旗", "鄂温克族自治旗人民医院", True),
        ("单县", "单县人民医院", True),
        ("单县", "单人医院", False),  # one character is an ordinary word
        ("新华区", "新华医院", False),  # a name of its own
        ("新华区", "新华人民医院", True),
    ],
)
def test_short_forms_of_divisions(unit: str, printed: str, recognised: bool) -> None:
    kind = K.DISTRICT if unit.endswith("区") else K.AUTONOMOUS_COUNTY if "自治" in unit else K.COUNTY
    divisions = Divisions([Unit("990001", unit, kind, "990000", "某市")])
    assert (parse(printed, divisions).unit_code == "990001") is recognised


@pytest.mark.parametrize(
    ("heading", "code"), [("杭 州 市", "330100"), ("杭州", "330100"), (None, None), ("沪", None)]
)
def test_the_city_of_a_heading(heading: str | None, code: str | None) -> None:
    assert ZHEJIANG.city_code(heading) == code


KIND = HospitalKind


@pytest.mark.parametrize(
    ("name", "kind", "field"),
    [
        ("安吉县人民医院", KIND.GENERAL, ""),
        ("宁波市医疗中心李惠利医院", KIND.GENERAL, ""),
        ("浙江省中医院", KIND.TCM, ""),
        ("嘉兴市中医医院", KIND.TCM, ""),
        ("温州市中西医结合医院", KIND.INTEGRATED, ""),
        ("宁波市妇女儿童医院", KIND.MATERNAL_CHILD, ""),
        ("安吉县妇幼保健院", KIND.MATERNAL_CHILD, ""),
        ("宁波市康宁医院", KIND.PSYCHIATRIC, "psychiatry"),
        ("东阳市精神病院", KIND.PSYCHIATRIC, "psychiatry"),
        ("武义县口腔医院", KIND.DENTAL, "dental"),
        ("温州医科大学附属眼视光医院", KIND.EYE, "ophthalmology"),
        ("浙江省肿瘤医院", KIND.SPECIALISED, "oncology"),
        ("浙江大学医学院附属妇产科医院", KIND.SPECIALISED, "obstetrics_gynaecology"),
        ("浙江大学医学院附属儿童医院", KIND.SPECIALISED, "paediatrics"),
        ("舟山市中医骨伤联合医院", KIND.SPECIALISED, "orthopaedics"),
        ("越城区马山镇卫生院", KIND.TOWNSHIP, ""),
        ("湖滨街道社区卫生服务中心", KIND.TOWNSHIP, ""),
        ("普陀人民医院六横分院", KIND.GENERAL, ""),
        ("某某疗养所", KIND.OTHER, ""),
    ],
)
def test_the_kind_that_a_name_tells(name: str, kind: HospitalKind, field: str) -> None:
    assert infer_kind(name) == (kind, field)


@pytest.mark.parametrize(
    ("name", "main"),
    [
        ("桐庐县人民医院", True),
        ("桐庐县第一人民医院", True),
        ("义乌市中心医院", True),
        ("景宁县人民医院", True),
        ("桐庐县医院", True),
        ("桐庐县第二人民医院", False),
        ("临安市昌化人民医院", False),
        ("临安市中医院", False),
        ("普陀人民医院六横分院", False),
        ("杭州市第一人民医院", False),  # a city's hospital, not a county's
        ("台州医院", False),
    ],
)
def test_main_hospital_of_a_county(name: str, main: bool) -> None:
    assert is_main_county_hospital(parse(name, ZHEJIANG)) is main


@pytest.mark.parametrize(
    ("printed", "heading", "expected"),
    [
        # kind, county, city, ownership, zone, main
        ("桐庐县人民医院", None, (KIND.GENERAL, "330122", "330100", "public", False, True)),
        ("宁波大榭开发区医院", None, (KIND.GENERAL, None, "330200", "public", True, False)),
        ("湖州交通医院", None, (KIND.GENERAL, None, "330500", "enterprise", False, False)),
        ("解放军117医院", None, (KIND.GENERAL, None, None, "military", False, False)),
        ("武警杭州医院", None, (KIND.GENERAL, None, None, "police", False, False)),
        ("练市医院", "330500", (KIND.GENERAL, None, "330500", "public", False, False)),
        ("浙江省中医院", "330100", (KIND.TCM, None, None, "public", False, False)),
    ],
)
def test_a_hospital_from_its_name_alone(printed: str, heading: str | None, expected: tuple) -> None:
    made = classify(printed, ZHEJIANG, city_code=heading)
    assert (
        made.kind,
        made.unit_code,
        made.city_code,
        made.ownership,
        made.development_zone,
        made.main_county_hospital,
    ) == expected


def test_the_same_name_gives_the_same_hospital() -> None:
    assert classify("临安市於潜人民医院", ZHEJIANG).key == classify("临安市 于潜人民医院", ZHEJIANG).key
