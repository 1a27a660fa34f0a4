"""What a planner sets for a proposal: typed, checked, kept as JSON.

Locks and prohibitions are rows of their own (`ProposalEdit`); everything else that a
proposal is computed from is here.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from duikou.core.errors import Invalid
from duikou.core.rest.types import TEXT_PATTERN

LevelName = Literal[
    "coverage", "city_table", "quotas", "fit", "priority", "stability", "evenness", "suitability", "travel"
]  # fmt: skip
DEFAULT_LEVELS: tuple[LevelName, ...] = (
    "coverage", "city_table", "quotas", "fit", "priority", "stability", "suitability", "travel",
)  # fmt: skip
RuleId = Literal["PAIR-01", "PAIR-02", "PAIR-03", "PAIR-04", "PAIR-05", "PAIR-05/gap", "load"]
Key = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_\-]+$")]
Name = Annotated[str, Field(min_length=1, max_length=120, pattern=TEXT_PATTERN)]
MOST_WEIGHT = 1_000_000
MOST_KM = 6000  # wider than the country
MOST_CHANGES = 100_000
MOST_HOSPITALS = 200  # closed, or new, in one proposal


def _whole(value: Any) -> Any:
    """A whole number; JSON knows no difference between 2 and 2.0, but true is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise ValueError(_("应为整数；实际为 %(found)s。") % {"found": repr(value)[:40]})
    return int(value)


WHOLE = BeforeValidator(_whole)


class Part(BaseModel):
    """A part of the settings: unknown members are refused, numbers are numbers."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Newcomer(Part):
    """A registered hospital that the present round does not name."""

    key: Key
    side: Literal["supporter", "recipient"]
    table: Literal["1", "2"] = "2"  # of a supporter: the province's or the cities'


class Named(Part):
    """A recipient that is still to be registered: a name in a county; nothing else is known of it."""

    county_code: Annotated[str, Field(min_length=6, max_length=6, pattern=r"^[0-9]{6}$")]
    name: Name


class SettingsShape(Part):
    """Everything but locks and prohibitions, each member for itself.

    `mode` levels: strictly in the order of `levels`, those left out do not count. `mode`
    weights: one sum with `weights`. None means: no limit.
    """

    mode: Literal["levels", "weights"] = "levels"
    levels: Annotated[tuple[LevelName, ...], Field(min_length=1, max_length=9, strict=False)] = DEFAULT_LEVELS
    weights: dict[LevelName, Annotated[int, Field(ge=0, le=MOST_WEIGHT), WHOLE]] = Field(default_factory=dict)
    rules_off: Annotated[tuple[RuleId, ...], Field(strict=False)] = ()
    prices: dict[RuleId, Annotated[int, Field(ge=1, le=MOST_WEIGHT), WHOLE]] = Field(default_factory=dict)
    max_changes: Annotated[int, Field(ge=0, le=MOST_CHANGES), WHOLE] | None = None
    max_km: Annotated[int, Field(ge=1, le=MOST_KM), WHOLE] | None = None
    ceiling: Annotated[int, Field(ge=1, le=99), WHOLE] | None = None  # no supporter ever has more recipients
    use_months: bool = True  # person-months that are declared limit what a supporter can take
    year: Annotated[int, Field(ge=2009, le=2099), WHOLE] | None = None  # of declarations; None: the newest
    closed: Annotated[tuple[Key, ...], Field(max_length=MOST_HOSPITALS, strict=False)] = ()
    newcomers: Annotated[tuple[Newcomer, ...], Field(max_length=MOST_HOSPITALS, strict=False)] = ()
    named: Annotated[tuple[Named, ...], Field(max_length=MOST_HOSPITALS, strict=False)] = ()


class Settings(SettingsShape):
    """The members with what they must be to each other."""

    @model_validator(mode="after")
    def _nothing_twice(self) -> Settings:
        for name in ("levels", "rules_off", "closed", "named"):
            values = getattr(self, name)
            if len(set(values)) < len(values):
                raise ValueError(_("%(name)s 中不能有重复。") % {"name": name})
        keys = [newcomer.key for newcomer in self.newcomers]
        if len(set(keys)) < len(keys) or set(keys) & set(self.closed):
            raise ValueError(_("同一家医院只能新增一次，也不能同时关闭。"))
        if self.mode == "weights" and not any(self.weights.values()):
            raise ValueError(_("按权重合计时，至少一项权重应大于 0。"))
        return self

    def plain(self) -> dict[str, Any]:
        """As kept in the database."""
        return self.model_dump(mode="json")

    def digest(self) -> str:
        """A fingerprint, the same for equal settings."""
        text = json.dumps(self.plain(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def settings_of(values: dict[str, Any]) -> Settings:
    """Typed settings out of plain values; raises Invalid with what is wrong where."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        fields: dict[str, list[str]] = {}
        for one in error.errors():
            place = ".".join(str(part) for part in one["loc"]) or "settings"
            fields.setdefault(place, []).append(_said(one))
        raise Invalid(
            _("方案的设置不符合要求：%(where)s。请按提示修改。") % {"where": "、".join(fields)}, fields=fields
        ) from None


def _said(error: Any) -> str:
    """What was expected and what was found, in the language of the request."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        return _("没有这项设置。")
    if kind == "missing":
        return _("必须填写。")
    if kind == "literal_error":
        expected = _("%(choices)s 之一") % {"choices": context["expected"].replace(" or ", ", ")}
    elif kind in ("greater_than_equal", "less_than_equal"):
        sign, limit = ("≥", context["ge"]) if "ge" in context else ("≤", context["le"])
        expected = _("%(sign)s %(limit)s 的整数") % {"sign": sign, "limit": limit}
    elif kind in ("too_short", "too_long"):
        limit = context.get("min_length", context.get("max_length"))
        kinds = {"too_short": _("至少 %(limit)s 项的列表"), "too_long": _("至多 %(limit)s 项的列表")}
        expected = kinds[kind] % {"limit": limit}
    else:
        expected = _("符合格式的值")
    return _("应为%(expected)s；实际为 %(found)s。") % {
        "expected": expected,
        "found": repr(error["input"])[:60],
    }
