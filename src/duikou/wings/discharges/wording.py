"""Values, codes and units of figures as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duikou.engines.text import Text
from duikou.wings.discharges import demands, reference

if TYPE_CHECKING:
    from duikou.engines.casemix.indicators import Definition
    from duikou.wings.discharges.figures import Figure

SHARE = "比例"  # unit of shares, as the definitions print it


def english() -> bool:
    """Whether the request is answered in English."""
    return (get_language() or "").startswith("en")


def say(text: Text) -> str:
    """A text of two languages in that of the request."""
    return text.en if english() else text.zh


def number(definition: Definition, value: int | None) -> float | None:
    """A value in its unit; shares in percent."""
    if value is None:
        return None
    scale = 100 if definition.unit.zh == SHARE else 1
    return value * scale / 10**definition.decimals


def shown(definition: Definition, value: int | None) -> str:
    """A value as text, without its unit (but with the sign of percent)."""
    found = number(definition, value)
    if found is None:
        return "—"
    if definition.unit.zh == SHARE:
        return f"{found:.1f}%" if found >= 1 or not found else f"{found:.2f}%"
    if definition.decimals == 0:
        return f"{found:,.0f}"
    return f"{found:,.0f}" if found >= 1000 else f"{found:,.2f}"


def reason(row: Mapping[str, Any] | None) -> str:
    """Why a row has no value, where it says so."""
    from duikou.wings.discharges.queries.told import NO_HOSPITAL

    return _("没有登记的医院") if row and row.get("reason") == NO_HOSPITAL else ""


def no_hospital_told() -> str:
    """What it means that a county has no registered hospital."""
    return _("县内没有登记的医院时，按定义没有县域内住院：不计算县域内住院率，也不判断是否达到目标。")


def clause(figure: Figure) -> str:
    """Where an indicator comes from; for what the policy sets, its rule."""
    found = {"in_county_rate": demands.goal, "out_referral_list": demands.top}.get(figure.id)
    return found().source if found else figure.definition.clause


def told(definition: Definition, row: Mapping[str, Any] | None) -> str:
    """The value of a row as text, or why it has none."""
    return reason(row) or shown(definition, row["value"] if row else None)


def unit(definition: Definition) -> str:
    """The unit, where the value does not carry it."""
    return "" if definition.unit.zh == SHARE else say(definition.unit)


def weights(figure: Figure) -> str:
    """By which weights a figure was computed; nothing where it needs none."""
    if "weights" not in figure.settings:
        return ""
    if figure.weights is None:
        return _("权重由病例数据计算")
    return _("权重：%(table)s") % {"table": figure.weights}


def disease(code: str) -> str:
    """A category of diseases with its code."""
    from duikou.engines.casemix.disease_names import name_of

    name = name_of(code)
    return f"{code} {say(name)}" if name else code


def group(code: str) -> str:
    """A group with its name in the scheme in force."""
    if not code:
        return _("未入组")
    registered = reference.scheme_in_force()
    name = reference.loaded(registered).names.get(code) if registered else None
    return f"{code} {say(name)}" if name else code


def major_disease(number_: int) -> str:
    """One of the 20 major diseases."""
    for one in reference.major_diseases().diseases:
        if one.number == number_:
            return f"{number_} {say(one.title)}"
    return str(number_)
