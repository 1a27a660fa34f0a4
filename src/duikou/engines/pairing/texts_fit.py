"""Sentences of PAIR-14, PAIR-16 and PAIR-18: kind, rank and place of a recipient."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.engines.pairing.model import HospitalKind
from duikou.engines.pairing.texts import Wording
from duikou.engines.text import Text

DEVELOPMENT_ZONE = Text("开发区医院", "hospital of a development zone")

_OWNER_NAMES = {
    "enterprise": Text("企业（行业）医院", "hospital of an enterprise or industry"),
    "military": Text("部队医院", "military hospital"),
    "police": Text("武警医院", "hospital of the armed police"),
    "private": Text("民营医院", "private hospital"),
}

_KIND_NAMES: dict[HospitalKind, Text] = {
    HospitalKind.GENERAL: Text("综合", "general"),
    HospitalKind.SPECIALISED: Text("专科", "specialised"),
    HospitalKind.TCM: Text("中医", "traditional Chinese medicine"),
    HospitalKind.INTEGRATED: Text("中西医结合", "integrated medicine"),
    HospitalKind.MATERNAL_CHILD: Text("妇幼保健", "maternal and child"),
    HospitalKind.PSYCHIATRIC: Text("精神专科", "psychiatric"),
    HospitalKind.DENTAL: Text("口腔专科", "dental"),
    HospitalKind.EYE: Text("眼科专科", "eye"),
    HospitalKind.TOWNSHIP: Text("乡镇卫生院", "township health centre"),
    HospitalKind.OTHER: Text("其他", "other"),
}


def kind_name(kind: HospitalKind) -> Text:
    """Return the name of a kind of hospital."""
    return _KIND_NAMES[kind]


def owner_name(ownership: str) -> Text:
    """Return the name of an ownership; an unknown word stands for itself."""
    return _OWNER_NAMES.get(ownership, Text(ownership, ownership))


def mismatch(
    supporter: str, supporter_kind: Text, recipient: str, recipient_kind: Text, accepted: Sequence[Text]
) -> Wording:
    """A supporter whose kind does not go with its recipient's."""
    return Wording(
        expected=Text(
            f"{supporter_kind.zh}医院支援：{'、'.join(kind.zh for kind in accepted)}",
            f"recipients of a {supporter_kind.en} supporter: {', '.join(kind.en for kind in accepted)}",
        ),
        found=Text(f"受援方类别：{recipient_kind.zh}", f"kind of the recipient: {recipient_kind.en}"),
        message=Text(
            f"{supporter}（{supporter_kind.zh}）支援{recipient}（{recipient_kind.zh}），类别不对应；方案未禁止，请核实。",
            f"{supporter} ({supporter_kind.en}) supports {recipient} ({recipient_kind.en}): "
            f"the kinds do not match. The plan does not forbid it; please check.",
        ),
        suggestion=Text(
            f"写明{supporter}帮扶{recipient}的具体科室；或改配类别对应的支援医院。",
            f"Name the department of {recipient} that {supporter} supports, "
            f"or pair it with a supporter of its kind.",
        ),
    )


def not_county_level(recipient: str, reasons: Sequence[Text]) -> Wording:
    """A recipient that is a township centre, or belongs to a development zone or an enterprise."""
    why_zh, why_en = "、".join(reason.zh for reason in reasons), ", ".join(reason.en for reason in reasons)
    return Wording(
        expected=Text("受援方为县级医院", "the recipient is a county-level hospital"),
        found=Text(why_zh, why_en),
        message=Text(
            f"受援医院{recipient}是{why_zh}，不属县级医院。",
            f"The recipient {recipient} is no county-level hospital: {why_en}.",
        ),
        suggestion=Text(
            f"确认{recipient}是否应计入县级医院的覆盖；必要时为当地县级医院另行结对。",
            f"Confirm whether {recipient} counts towards coverage; "
            f"if not, pair a county-level hospital there as well.",
        ),
    )


def cross_city(
    supporter: str, recipient: str, *, table_city: str, own_city: str, uncovered_unit: str
) -> Wording:
    """A row of one city's table whose recipient lies in another city."""
    if uncovered_unit:
        also = Text(
            f"{uncovered_unit}在{own_city}自己的表中没有一行。",
            f"{uncovered_unit} has no row in the table of its own city, {own_city}.",
        )
        suggestion = Text(
            f"请{own_city}在本市表中为{uncovered_unit}安排支援医院，或由两市书面确认由{supporter}承担。",
            f"Ask {own_city} to name a supporter for {uncovered_unit} in its own table, "
            f"or have both cities confirm in writing that {supporter} does it.",
        )
    else:
        also = Text("", "")
        suggestion = Text(
            f"请{table_city}和{own_city}确认这一跨市结对，或各自调回本市。",
            f"Ask {table_city} and {own_city} to confirm this pairing, or pair each inside its own city.",
        )
    return Wording(
        expected=Text(
            f"{table_city}表中的受援医院在{table_city}",
            f"recipients in the table of {table_city} lie in {table_city}",
        ),
        found=Text(f"{recipient}在{own_city}", f"{recipient} lies in {own_city}"),
        message=Text(
            f"{table_city}表中，{supporter}支援{own_city}的{recipient}，属跨市结对。{also.zh}",
            f"In the table of {table_city}, {supporter} supports {recipient} of {own_city}: "
            f"across cities. {also.en}".rstrip(),
        ),
        suggestion=suggestion,
    )
