"""Read the divisions out of an address: province, city, county, from the left, each if it is there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from duikou.engines.casemix.residence.model import Division
from duikou.engines.casemix.residence.words import Vocabulary, Word, province_spellings, provinces, spellings

_HEAD = re.compile(r"^(?:中华人民共和国|中国)")
_BETWEEN = re.compile(r"市辖区|县级市|所属")
_A_PLACE = re.compile(r"^.{2,7}?(?:自治[州县旗]|地区|[市盟州县旗]|(?<![小社景园发山厂库])区)")


@dataclass(frozen=True, slots=True)
class Address:
    """An address read as far as divisions go."""

    province: Division | None
    city: Division | None
    counties: tuple[Division, ...]  # all that the word may mean, in any city and at any time
    words: tuple[str, ...]
    rest: str  # what follows
    strange: bool  # reads on with a city or county that is not in the tables


class Reader:
    """Reads addresses with one set of divisions."""

    def __init__(self, divisions: Iterable[Division]) -> None:
        divisions = list(divisions)
        by_level = {level: [d for d in divisions if d.level == level] for level in ("city", "county")}
        self._provinces = Vocabulary(
            word for province in provinces() for word in province_spellings(province)
        )
        self._cities = Vocabulary(word for city in by_level["city"] for word in spellings(city))
        self._counties = Vocabulary(word for county in by_level["county"] for word in spellings(county))

    def read(self, text: str) -> Address:
        """Read one address, which holds no blanks and no digits."""
        text = _HEAD.sub("", text)
        position = 0
        province = self._first(self._provinces.at(text, position, self._cities))
        words: list[str] = []
        if province:
            words.append(province.text)
            position += len(province.text)
        city, county = self._city_and_county(text, position)
        if city:
            words.append(city.text)
            position += len(city.text)
            between = _BETWEEN.match(text, position)
            position = between.end() if between else position
            county = self._counties.at(text, position)
        if not county:
            position, county = self._later(text, position)
        if county:
            words.append(county[0].text)
            position += len(county[0].text)
        rest = text[position:]
        return Address(
            province.division if province else None,
            city.division if city else None,
            tuple(word.division for word in county),
            tuple(words),
            rest,
            not county and bool(_A_PLACE.match(rest)),
        )

    def _city_and_county(self, text: str, position: int) -> tuple[Word | None, list[Word]]:
        """Which of both begins here: the longer word, of two equally long ones the city."""
        cities = self._cities.at(text, position, self._counties)
        counties = self._counties.at(text, position)
        if cities and (not counties or len(cities[0].text) >= len(counties[0].text)):
            return cities[0], []
        return None, counties

    def _later(self, text: str, position: int) -> tuple[int, list[Word]]:
        """A full name further on, as long as no other place is named before it."""
        found = self._counties.anywhere(text[position:])
        if not found:
            return position, []
        start, county = found
        before = text[position : position + start]
        return (position, []) if _A_PLACE.match(before + "。") else (position + start, county)

    @staticmethod
    def _first(words: list[Word]) -> Word | None:
        return words[0] if words else None
