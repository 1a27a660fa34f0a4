"""Find the divisions (province, city, county) that a hospital's name begins with.

Divisions are dated: the caller gives those valid on the day of the round, and the
former names that may still be printed. Short forms (镇海 for 镇海区, 景宁县 for
景宁畲族自治县) are recognised where they cannot be mistaken for an ordinary word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from duikou.engines.pairing.model import Unit, UnitKind
from duikou.engines.pairing.writing import normalise


@dataclass(frozen=True, slots=True)
class DivisionAlias:
    """A former name of a county-level division (上虞市 for what is now 上虞区).

    `valid_to` is the first day on which the name no longer held.
    """

    name: str
    unit_code: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class DivisionForm:
    """One way in which a division may be written at the head of a name."""

    text: str
    complete: bool  # with its 省/市/县/区
    code: str
    alias: DivisionAlias | None = None
    bare_district: bool = False  # short form of a district, which may be an ordinary word


# Peoples named in autonomous counties (景宁畲族自治县); a short name leaves them out (景宁).
_PEOPLES = re.compile(
    "(?:蒙古族?|回族|藏族|维吾尔族?|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族"
    "|哈萨克族?|傣族|黎族|傈僳族|佤族|畲族|高山族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族?|土族"
    "|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族?|阿昌族|普米族|塔吉克族?|怒族|乌孜别克族"
    "|俄罗斯族|鄂温克族|德昂族|保安族|裕固族|京族|塔塔尔族|独龙族|鄂伦春族|赫哲族|门巴族|珞巴族|基诺族"
    "|各族)+$"
)
_PROVINCE_END = re.compile(r"(?:壮族|回族|维吾尔)?自治区$|省$|市$")
_UNIT_END = re.compile(r"(?:自治县|自治旗|自治州|新区|林区|特区|地区|盟|区|县|市|旗)$")
# 温州医科大学… and 浙江大学… are names of schools, not hospitals of that place.
_SCHOOL = re.compile(
    r"大学|医科|医学院|医学高等|师范|中医药|学院|理工|工业大|农林|科技大|财经|职业|海洋大|民族大"
)
_DIVISION_END = "市县区旗"


def _stem(name: str) -> str:
    """Return a division's name without its kind word and without the peoples in it."""
    stem = _UNIT_END.sub("", name)
    without_peoples = _PEOPLES.sub("", stem)
    return without_peoples if "自治" in name and len(without_peoples) >= 2 else stem


def _unit_forms(unit: Unit) -> Iterator[DivisionForm]:
    """Yield the ways of writing a unit's name, the complete one first."""
    yield DivisionForm(unit.name, True, unit.code)
    stem = _stem(unit.name)
    if unit.kind is UnitKind.AUTONOMOUS_COUNTY:
        for ending in ("自治县", "县"):
            if stem + ending != unit.name:
                yield DivisionForm(stem + ending, False, unit.code)
    # One-character stems (单县, 城区) are ordinary words: only the complete name counts.
    if len(stem) >= 2 and stem != unit.name:
        yield DivisionForm(stem, False, unit.code, bare_district=unit.kind is UnitKind.DISTRICT)


class Divisions:
    """The divisions that names may begin with, ready for look-up.

    `units` are those valid on the day in question; `aliases` their former names;
    `provinces` complete province names (浙江省). Immutable after construction.
    """

    def __init__(
        self,
        units: Iterable[Unit],
        *,
        provinces: Iterable[str] = (),
        aliases: Iterable[DivisionAlias] = (),
    ) -> None:
        self.units: dict[str, Unit] = {unit.code: unit for unit in units}
        self.cities: dict[str, str] = {unit.city_code: unit.city for unit in self.units.values()}
        self.provinces = tuple(provinces)
        self._province_forms: dict[str, list[DivisionForm]] = {}
        self._city_forms: dict[str, list[DivisionForm]] = {}
        self._unit_forms: dict[str, list[DivisionForm]] = {}
        for province in self.provinces:
            self._add(self._province_forms, DivisionForm(normalise(province), True, province))
            short = _PROVINCE_END.sub("", province)
            if len(short) >= 2:
                self._add(self._province_forms, DivisionForm(short, False, province))
        if len(self.provinces) == 1 and self.provinces[0].endswith("省"):
            # 省人民医院: in a province's own table its name may be left out.
            self._add(self._province_forms, DivisionForm("省", False, self.provinces[0]))
        for code, city in self.cities.items():
            self._add(self._city_forms, DivisionForm(normalise(city), True, code))
            stem = _stem(city)
            if len(stem) >= 2 and stem != city:
                self._add(self._city_forms, DivisionForm(stem, False, code))
        for unit in self.units.values():
            for form in _unit_forms(unit):
                self._add(self._unit_forms, form)
        for alias in aliases:
            if alias.unit_code in self.units:
                self._add(self._unit_forms, DivisionForm(normalise(alias.name), True, alias.unit_code, alias))

    @staticmethod
    def _add(forms: dict[str, list[DivisionForm]], form: DivisionForm) -> None:
        forms.setdefault(form.text, []).append(form)

    def city_code(self, heading: str | None) -> str | None:
        """Return the code of the city that a heading names (杭州市, 杭 州 市, 杭州), if it is one."""
        forms = self._city_forms.get(normalise(heading or ""), ())
        return forms[0].code if len(forms) == 1 else None

    def provinces_at_head(self, text: str) -> list[DivisionForm]:
        """Return the province forms that the text begins with, of the longest writing."""
        return _longest(self._province_forms, text)

    def cities_at_head(self, text: str) -> list[DivisionForm]:
        """Return the city forms that the text begins with, of the longest writing."""
        return _longest(self._city_forms, text)

    def units_at_head(self, text: str, city_code: str | None) -> list[DivisionForm]:
        """Return the unit forms that the text begins with, of `city_code` where it is known."""
        return _longest(
            self._unit_forms, text, lambda form: city_code in (None, self.units[form.code].city_code)
        )


def _longest(
    forms: dict[str, list[DivisionForm]], text: str, accept: Callable[[DivisionForm], bool] | None = None
) -> list[DivisionForm]:
    """Return the accepted forms of the longest writing that `text` begins with."""
    for length in range(min(len(text), 16), 0, -1):
        found = [form for form in forms.get(text[:length], ()) if accept is None or accept(form)]
        if found and (found[0].complete or _may_be_short(found[0], text[length:])):
            return found
    return []


def _may_be_short(form: DivisionForm, rest: str) -> bool:
    """Tell whether a place name without its 市/县/区 is read as a place before `rest`."""
    if not rest or rest[0] in _DIVISION_END or _SCHOOL.match(rest):
        return False
    # 新华医院 is a name of its own, not "the hospital of 新华区".
    return not (form.bare_district and rest == "医院")
