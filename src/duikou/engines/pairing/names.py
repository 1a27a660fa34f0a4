"""Read a printed hospital name: its place, its kind, and what is left.

Annex tables are typed by hand: 宁波镇海第二医院 stands for 宁波市镇海区第二医院, a county's
main hospital may be called 人民医院, 第一人民医院 or 中心医院. `parse` takes a name apart
without guessing; what it cannot read stays in `ParsedName.rest`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from duikou.engines.pairing.divisions import DivisionAlias, DivisionForm, Divisions
from duikou.engines.pairing.model import Hospital, HospitalKind
from duikou.engines.pairing.writing import folded, index_form, normalise

__all__ = [
    "DivisionAlias",
    "Divisions",
    "ParsedName",
    "classify",
    "folded",
    "index_form",
    "infer_kind",
    "is_main_county_hospital",
    "normalise",
    "parse",
]

Level = Literal["none", "province", "city", "unit"]


@dataclass(frozen=True, slots=True)
class ParsedName:
    """A printed name taken apart.

    `text` is the normalised name, `rest` what follows the divisions. `unit_codes`
    has more than one code where several counties of the province share the name.
    `complete` tells that each division is written with its 省/市/县/区.
    `former` is set where the county is printed under a former name.
    """

    printed: str
    text: str
    rest: str
    province: str | None = None
    city_code: str | None = None
    unit_codes: tuple[str, ...] = ()
    complete: bool = True
    former: DivisionAlias | None = None

    @property
    def level(self) -> Level:
        """The lowest division that the name itself carries."""
        if self.unit_codes:
            return "unit"
        if self.city_code:
            return "city"
        return "province" if self.province else "none"

    @property
    def unit_code(self) -> str | None:
        """The county's code, where the name leaves no doubt."""
        return self.unit_codes[0] if len(self.unit_codes) == 1 else None

    def outdated(self, on: date) -> bool:
        """Tell whether the county is printed under a name that had been given up by a day."""
        return self.former is not None and self.former.valid_to is not None and self.former.valid_to <= on


def parse(printed: str, divisions: Divisions, *, city_code: str | None = None) -> ParsedName:
    """Take a printed name apart; `city_code` decides between counties of the same name."""
    text = normalise(printed)
    rest = text
    complete = True
    province: str | None = None
    named_city: str | None = None

    provinces = divisions.provinces_at_head(rest)
    if len(provinces) == 1:
        province, complete = provinces[0].code, provinces[0].complete
        rest = rest[len(provinces[0].text) :]
    cities = divisions.cities_at_head(rest)
    if len(cities) == 1 and not _outwritten(cities[0], divisions.units_at_head(rest, None)):
        named_city, complete = cities[0].code, complete and cities[0].complete
        rest = rest[len(cities[0].text) :]
    units = divisions.units_at_head(rest, named_city)
    if len(units) > 1 and city_code is not None:
        units = [form for form in units if divisions.units[form.code].city_code == city_code] or units
    if units:
        complete = complete and units[0].complete
        rest = rest[len(units[0].text) :]
        of_cities = {divisions.units[form.code].city_code for form in units}
        named_city = of_cities.pop() if len(of_cities) == 1 else named_city
    return ParsedName(
        printed=printed,
        text=text,
        rest=rest,
        province=province,
        city_code=named_city,
        unit_codes=tuple(sorted({form.code for form in units})),
        complete=complete,
        former=units[0].alias if units else None,
    )


def _outwritten(city: DivisionForm, units: list[DivisionForm]) -> bool:
    """Tell whether a county's name covers more of the text (吉林市 … / 绍兴县 …)."""
    return bool(units) and len(units[0].text) > len(city.text)


# ---------------------------------------------------------------- kind

# The first pattern found decides. Township centres come first (中医门诊 of a 卫生院 is
# still a 卫生院), then the kinds with a word of their own, then specialised fields.
_KINDS: tuple[tuple[re.Pattern[str], HospitalKind, str], ...] = tuple(
    (re.compile(pattern), kind, field)
    for pattern, kind, field in (
        (r"卫生院|卫生服务(?:中心|站)|卫生室", HospitalKind.TOWNSHIP, ""),
        (r"中西医结合", HospitalKind.INTEGRATED, ""),
        (r"妇幼|妇女儿童|妇儿", HospitalKind.MATERNAL_CHILD, ""),
        (r"精神|康宁|安定医院|心理|脑科", HospitalKind.PSYCHIATRIC, "psychiatry"),
        (r"口腔|牙", HospitalKind.DENTAL, "dental"),
        (r"眼", HospitalKind.EYE, "ophthalmology"),
        (r"骨伤|骨科|正骨", HospitalKind.SPECIALISED, "orthopaedics"),
        (r"中医|藏医|蒙医|维吾尔医|傣医|壮医|苗医|民族医院", HospitalKind.TCM, ""),
        (r"肿瘤|癌", HospitalKind.SPECIALISED, "oncology"),
        (r"儿童|儿科", HospitalKind.SPECIALISED, "paediatrics"),
        (r"妇产|妇科", HospitalKind.SPECIALISED, "obstetrics_gynaecology"),
        (r"传染病|公共卫生|结核|胸科|肺科", HospitalKind.SPECIALISED, "infectious_diseases"),
        (r"心血管|心脏", HospitalKind.SPECIALISED, "cardiology"),
        (r"皮肤|性病", HospitalKind.SPECIALISED, "dermatology"),
        (r"康复", HospitalKind.SPECIALISED, "rehabilitation"),
        (r"职业病", HospitalKind.SPECIALISED, "occupational_diseases"),
        (r"肛肠", HospitalKind.SPECIALISED, "proctology"),
        (r"耳鼻", HospitalKind.SPECIALISED, "otorhinolaryngology"),
        (r"老年|护理院", HospitalKind.SPECIALISED, "geriatrics"),
        (r"医院|医疗中心|分院", HospitalKind.GENERAL, ""),
    )
)


def infer_kind(name: str) -> tuple[HospitalKind, str]:
    """Return kind and specialised field ("" for none) as far as the name tells.

    A numbered people's hospital that is a psychiatric or infectious-disease centre
    carries no sign of it and comes out as general: the register must say so.
    """
    text = normalise(name)
    for pattern, kind, field in _KINDS:
        if pattern.search(text):
            return kind, field
    return HospitalKind.OTHER, ""


_MAIN_HOSPITAL = frozenset({"医院", "总医院", "人民医院", "第1人民医院", "中心医院"})


def is_main_county_hospital(parsed: ParsedName) -> bool:
    """Tell whether the name is that of a county's principal hospital.

    X县人民医院, X县第一人民医院, X市中心医院 and X县医院 are; numbered, township-named and
    branch hospitals are not (inferred from usage, not from a clause).
    """
    return parsed.level == "unit" and index_form(parsed.rest) in _MAIN_HOSPITAL


_ZONE = re.compile(r"开发区|高新区|产业集聚区|保税区|度假区|工业园")
_OWNERS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"解放军|联勤保障|陆军|海军|空军|军区"), "military"),
    (re.compile(r"武警|武装警察|公安"), "police"),
    (
        re.compile(r"交通医院|炼化|石化|化工|铁路|矿务|煤矿|油田|钢铁|电力|邮电|机械|纺织|航天|建工|职工"),
        "enterprise",
    ),
)


def classify(
    printed: str, divisions: Divisions, *, city_code: str | None = None, on: date | None = None
) -> Hospital:
    """Return a hospital as far as its printed name tells, for audits without a register.

    Kind, county, ownership and the sign of a main county hospital are inferred from
    the name alone. The key is "printed:" and the index form, so that the same name
    gives the same hospital. `city_code` is the city of the table's heading: it places
    a name that carries no city (nothing but the heading places 练市医院). With a day,
    a county's former name is replaced by the one of that day (上虞市 by 上虞区).
    """
    parsed = parse(printed, divisions, city_code=city_code)
    name = parsed.text
    if on is not None and parsed.outdated(on) and parsed.unit_code:
        name = divisions.units[parsed.unit_code].name + parsed.rest
    kind, _field = infer_kind(parsed.rest)  # 安定区 is a place, 安定医院 a kind
    ownership = next((owner for pattern, owner in _OWNERS if pattern.search(parsed.text)), "public")
    return Hospital(
        key="printed:" + index_form(name),
        name=name,
        kind=kind,
        unit_code=parsed.unit_code,
        city_code=parsed.city_code or (city_code if parsed.province is None else None),
        ownership=ownership,
        development_zone=bool(_ZONE.search(parsed.rest)),
        main_county_hospital=is_main_county_hospital(parsed),
    )
