"""What a policy pack demands of plans, read out of its rules; a pack without the rule demands nothing."""

from __future__ import annotations

from dataclasses import dataclass

from duikou.engines.text import Text
from duikou.policy import Pack, load_pack
from duikou.wings.hospitals.catalogue import OTHER

FOUR_ONES, TERMS, BREAKDOWN, PRESIDENTS = "GOAL-01", "TGT-01", "TGT-03", "AGR-18"
TOP_NAMED, TOP_NATIONAL, TECHNIQUES = "CAP-01", "CAP-02", "CAP-03"


@dataclass(frozen=True, slots=True)
class Demands:
    """The demands of one pack. `out_of_county` says of how many diseases the departments are proposed."""

    pack: Pack
    ones: tuple[str, ...]  # kinds of the “four ones”: each once for a recipient and year
    years: int  # for how many years they are demanded
    plan_years: int  # shortest term of a plan
    factors: tuple[str, ...]
    focuses: tuple[str, ...]
    out_of_county: int
    out_of_county_years: int
    out_of_county_rule: str

    def word(self, value: str) -> Text:
        """A kind, factor or focus in both languages."""
        return self.pack.word(value)

    def specialty(self, key: str) -> Text:
        """A specialty's title; the id itself where the pack has none such."""
        if key == OTHER:
            return Text("其他专业", "other specialty")
        found = self.pack.specialties.get(key)
        return found.title if found else Text(key, key)

    def technique(self, key: str) -> Text:
        """A technique's title."""
        found = self.pack.techniques.get(key)
        return found.title if found else Text(key, key)

    def evidence(self, kind: str) -> Text:
        """A kind of evidence; the id itself where the pack has none such."""
        found = self.pack.evidence_kinds.get(kind)
        return found.title if found else Text(kind, kind)

    def clause(self, rule: str) -> str:
        """Where a rule stands: S1 §三(二)."""
        found = self.pack.rules.get(rule)
        return found.clause if found else ""


def demands(pack_id: str) -> Demands:
    """The demands of a pack. Raises PackError."""
    pack = load_pack(pack_id)
    top = TOP_NAMED if _number(pack, TOP_NAMED, "out_referral_top_n", 0) else TOP_NATIONAL
    return Demands(
        pack=pack,
        ones=_words(pack, FOUR_ONES, "kinds"),
        years=_number(pack, FOUR_ONES, "years", 0),
        plan_years=_number(pack, TERMS, "plan_years", 0),
        factors=_words(pack, TERMS, "factors"),
        focuses=_words(pack, BREAKDOWN, "kinds"),
        out_of_county=_number(pack, top, "out_referral_top_n", 0),
        out_of_county_years=_number(pack, top, "out_referral_years", 0),
        out_of_county_rule=top,
    )


def _value(pack: Pack, rule: str, name: str) -> object:
    found = pack.rules.get(rule)
    parameter = found.parameters.get(name) if found else None
    return parameter.value if parameter else None


def _words(pack: Pack, rule: str, name: str) -> tuple[str, ...]:
    found = _value(pack, rule, name)
    return tuple(str(one) for one in found) if isinstance(found, tuple) else ()


def _number(pack: Pack, rule: str, name: str, otherwise: int) -> int:
    found = _value(pack, rule, name)
    return found if isinstance(found, int) and not isinstance(found, bool) else otherwise
