"""One figure as a page and a program ask for it: parameters out of an address, rows in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duikou.core.scope import Actor
from duikou.wings.discharges import months, wording
from duikou.wings.discharges.demands import settings_of
from duikou.wings.discharges.figures import Figure, Reader
from duikou.wings.discharges.models import Submission
from duikou.wings.discharges.models.submissions import IN_FORCE
from duikou.wings.discharges.queries.scope import ELSEWHERE, UNKNOWN, Area
from duikou.wings.discharges.queries.told import told, without_hospital
from duikou.wings.hospitals.models import Hospital
from duikou.wings.places.models import Division

if TYPE_CHECKING:
    from duikou.engines.casemix.indicators import Definition

UNITS = ("hospital", "hospital_county", "city", "residence", "residence_city")
DETAILS = ("drg", "disease", "major_disease", "mdc")
KEYS = (*UNITS, *DETAILS, "month", "year")
NARROWING = (*UNITS, "disease", "drg")
NOT_PARAMETERS = (*NARROWING, "export", "until", "weight_table")
BATCHES = 50


class Unknown(Exception):
    """There is no such indicator."""


class BadParameters(Exception):
    """A parameter that the indicator does not have or cannot take: name, value, what was expected."""


def figure(reader: Reader, name: str, asked: Mapping[str, str]) -> Figure:
    """The figure that an address asks for; raises Unknown, BadParameters."""
    from duikou.engines.casemix.indicators import DEFINITIONS, BadParameter

    if name not in DEFINITIONS:
        raise Unknown(_("没有这个指标。请从指标列表中选择。"))
    wanted: dict[str, Any] = settings_of(name)
    for key, value in asked.items():
        if key in NOT_PARAMETERS or not value:
            continue
        wanted[key] = value.replace("-", "") if key.endswith(("_month", "_from", "_to")) else value
    try:
        return reader.figure(name, **wanted)
    except BadParameter as error:
        english = (get_language() or "").startswith("en")
        text = error.message.en if english else error.message.zh
        raise BadParameters("、".join(wanted), "…", text) from None
    except TypeError:
        raise BadParameters("、".join(wanted), "…", "—") from None


def narrowed(area: Area, found: Figure, asked: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """The rows that the actor may see, of the units and diseases that the address names."""
    rows = area.rows(told(found, without_hospital()))
    for key in NARROWING:
        if value := asked.get(key):
            rows = [row for row in rows if key not in row or row[key] == value]
    return rows


def headings(found: Figure) -> list[str]:
    """Heading of each column of `lines`."""
    names = {
        "hospital": _("医院"), "hospital_county": _("医院所在县"), "city": _("市"), "residence": _("现住县"),
        "residence_city": _("现住市"), "month": _("月份"), "year": _("年度"), "mdc": "MDC", "adrg": "ADRG",
        "drg": _("病组"), "disease": _("病种"), "major_disease": _("重大疾病"),
    }  # fmt: skip
    keys = _keys(found)
    unit = wording.say(found.definition.unit)
    value = f"{wording.say(found.definition.title)}（{'%' if unit == wording.SHARE else unit}）"
    extra = [_EXTRA.get(name, name) for name in found.definition.extra]
    return [*(names[key] for key in keys), value, _("分子"), _("分母"), _("病例数"), *map(str, extra)]


_EXTRA = {"rank": "#"}


def _keys(found: Figure) -> list[str]:
    return [*found.settings.get("by", ()), *found.definition.detail]


def lines(found: Figure, rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """Rows as they are shown and exported: keys in words, the value in its unit."""
    names = _names(found, rows)
    definition = found.definition
    shown = []
    for row in rows:
        cells: list[Any] = [_key(key, row[key], names) for key in _keys(found)]
        value = wording.number(definition, row["value"])
        cells += [wording.reason(row) or (None if value is None else round(value, 6))]
        hidden = row["suppressed"]
        cells += ["—" if hidden else row["numerator"], "—" if hidden else row["denominator"], row["cases"]]
        cells += [row[name] for name in definition.extra]
        shown.append(cells)
    return shown


def _names(found: Figure, rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[Any, str]]:
    keys = _keys(found)
    names: dict[str, dict[Any, str]] = {}
    if "hospital" in keys:
        wanted = {row["hospital"] for row in rows}
        names["hospital"] = dict(Hospital.objects.filter(key__in=wanted).values_list("key", "name"))
    places = [key for key in keys if key in UNITS and key != "hospital"]
    if places:
        codes = {row[key] for row in rows for key in places}
        units = Division.objects.filter(code__in=codes).order_by("code", "valid_from")
        known = {unit.code: unit.label for unit in units}
        known |= {UNKNOWN: _("现住地不明"), ELSEWHERE: _("区域外")}
        names |= dict.fromkeys(places, known)
    return names


def _key(key: str, value: Any, names: Mapping[str, Mapping[Any, str]]) -> str:
    if key in names:
        return names[key].get(value, str(value))
    if key == "month":
        return months.shown(value)
    if key == "disease":
        return wording.disease(value)
    if key == "drg":
        return wording.group(value)
    if key == "major_disease":
        return wording.major_disease(value)
    return str(value)


def parameters(found: Figure) -> list[tuple[str, str]]:
    """Every parameter with its value, in words."""
    from duikou.engines.casemix.indicators import PARAMETERS

    shown = []
    for name, value in found.settings.items():
        if isinstance(value, list):
            text = "、".join(value) or "—"
        elif value in (None, ""):
            text = "—"
        else:
            text = months.shown(int(value)) if PARAMETERS[name].kind == "month" else str(value)
        shown.append((f"{wording.say(PARAMETERS[name].title)} ({name})", text))
    return shown


def filters(area: Area, found: Figure, asked: Mapping[str, str]) -> list[str]:
    """Which units the rows were narrowed to, in words."""
    shown = []
    for key in NARROWING:
        if value := asked.get(key, ""):
            if key == "hospital":
                text = area.hospitals[value].name if value in area.hospitals else value
            elif key in ("residence", "hospital_county"):
                text = area.counties[value].label if value in area.counties else value
            else:
                text = value
            shown.append(text[:60])
    return shown


def better(definition: Definition) -> str:
    """Which direction is better."""
    return {"higher": _("越高越好"), "lower": _("越低越好")}.get(definition.better, _("没有好坏方向"))


# ---------------------------------------------------------------- what it was computed from


def _behind(actor: Actor, area: Area, found: Figure, asked: Mapping[str, str]) -> QuerySet[Submission]:
    """Submissions in force whose rows the shown figures come from, as far as the actor may see them."""
    rows = Submission.objects.visible_to(actor).filter(state__in=IN_FORCE)
    if first := found.settings.get("from_month"):
        rows = rows.filter(month__gte=first)
    if last := found.settings.get("to_month"):
        rows = rows.filter(month__lte=last)
    if key := asked.get("hospital"):
        rows = rows.filter(hospital__key=key)
    if code := asked.get("hospital_county"):
        rows = rows.filter(Q(hospital__division__code=code))
    return rows


def batches(actor: Actor, area: Area, found: Figure, asked: Mapping[str, str]) -> list[Submission]:
    """The newest of them."""
    rows = _behind(actor, area, found, asked).select_related("hospital")
    return list(rows.order_by("-month", "hospital__name", "pk")[:BATCHES])


def batch_count(actor: Actor, area: Area, found: Figure, asked: Mapping[str, str]) -> int:
    """How many there are."""
    return _behind(actor, area, found, asked).count()
