"""Tags of our pages: icons, form fields, marks and severities, lists, maps and charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, Form, RadioSelect, Select
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from duikou.web import drawing
from duikou.web.chain import WAYS, chain
from duikou.web.navigation import address

register = template.Library()

SPRITE = "vendor/tabler-icons-3.51.0/sprite.svg"


@cache
def _sprite() -> str:
    return static(SPRITE)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A decorative icon of the sprite; the words beside it carry the meaning."""
    return format_html(
        '<svg class="dk-icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {extra}" if extra else "",
        _sprite(),
        name,
    )


@register.simple_tag
def page_url(name: str) -> str:
    """The address of a page by name, or nothing while the page does not exist."""
    return address(name) or ""


@register.inclusion_tag("web/chain.html", takes_context=True)
def people_chain(context: Context, way: str, at: str = "") -> dict[str, object]:
    """The way of people, `down` or `up`: a thread with the page's own step; without one, all explained."""
    actor = context["request"].actor
    return {"steps": chain(actor, way, at), "label": WAYS[way][0], "told": not at}


# --- badges -------------------------------------------------------------------------------------------------

# kind → value → (look, icon, words). Look is one of neutral, info, success, warning, danger.
BADGES: dict[str, dict[str, tuple[str, str, object]]] = {
    "severity": {
        "error": ("danger", "alert-circle", _("错误")),
        "warning": ("warning", "alert-triangle", _("警告")),
        "note": ("info", "info-circle", _("提示")),
    },
    "mark": {
        "seed": ("neutral", "book-2", _("文件原文")),
        "found": ("neutral", "book-2", _("已查到出处")),
        "recalled": ("warning", "help-circle", _("待核实")),
        "inferred": ("warning", "help-circle", _("待核实")),
    },
    "job": {
        "ready": ("neutral", "hourglass", _("排队中")),
        "running": ("info", "refresh", _("进行中")),
        "done": ("success", "circle-check", _("已完成")),
        "failed": ("danger", "circle-x", _("失败")),
        "cancelled": ("neutral", "ban", _("已取消")),
    },
}
HINTS: dict[str, object] = {
    "recalled": _("凭记忆录入，尚未对照原文，请核实后使用"),
    "inferred": _("由文件推定，原文没有明写，请核实后使用"),
}


@register.simple_tag
def badge(kind: str, value: object, text: object = "") -> SafeString:
    """A badge with icon and words: `{% badge "severity" finding.severity %}`.

    For a kind that is not in the table (`neutral`, `info`, `success`, `warning`,
    `danger`) the value is the words themselves.
    """
    key = str(getattr(value, "value", value))
    known = BADGES.get(kind, {}).get(key)
    look, symbol, words = known or (
        kind if kind in LOOK_ICONS else "neutral",
        LOOK_ICONS.get(kind, "tag"),
        value,
    )
    hint = HINTS.get(key) if kind == "mark" else None
    return format_html(
        '<span class="dk-badge dk-badge-{}"{}>{}{}</span>',
        look,
        format_html(' title="{}"', hint) if hint else "",
        icon(symbol),
        text or words,
    )


LOOK_ICONS = {
    "neutral": "circle-dashed",
    "info": "info-circle",
    "success": "circle-check",
    "warning": "alert-triangle",
    "danger": "alert-circle",
}


# --- forms --------------------------------------------------------------------------------------------------


@register.inclusion_tag("web/field.html")
def field(bound: BoundField, hint: object = "") -> dict[str, object]:
    """One form field with label, hint and its errors, tied together for screen readers."""
    widget = bound.field.widget
    kind = "input"
    look = "form-control"
    if isinstance(widget, CheckboxInput):
        kind, look = "check", "form-check-input"
    elif isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        kind, look = "group", "form-check-input"
    elif isinstance(widget, Select):
        look = "form-select"
    if look not in str(widget.attrs.get("class", "")):
        classes = f"{widget.attrs.get('class', '')} {look}{' is-invalid' if bound.errors else ''}"
        widget.attrs["class"] = classes.strip()
    needed = bound.field.required or getattr(bound.field, "needed", False)
    return {"field": bound, "kind": kind, "hint": hint or bound.help_text, "optional": not needed}


@register.inclusion_tag("web/form_errors.html")
def form_errors(*forms: Form) -> dict[str, object]:
    """The summary of all errors on top of a form, each linked to its field."""
    found = [
        (bound.id_for_label or bound.auto_id, bound.label, message)
        for form in forms
        if form is not None and form.is_bound
        for bound in form
        for message in bound.errors
    ]
    general = [
        message for form in forms if form is not None and form.is_bound for message in form.non_field_errors()
    ]
    return {"fields": found, "general": general}


# --- maps and charts ----------------------------------------------------------------------------------------


@register.inclusion_tag("web/tile_map.html")
def tile_map(
    cells: Iterable[Any],
    title: object = "",
    flows: Iterable[Any] = (),
    legend: Iterable[tuple[object, object]] = (),
    flow_words: object = "",
) -> dict[str, object]:
    """The tile map with flows and legend; see `drawing.tile_map`. Levels of the legend: 0–4 or None.

    `flow_words` say what a flow means; by default it is support.
    """
    shown = [("none" if level is None else level, words) for level, words in legend or ()]
    return {
        "drawing": drawing.tile_map(cells, str(title), flows or ()),
        "title": title,
        "legend": shown,
        "flows": bool(flows),
        "flow_words": flow_words or _("支援方向（圆点为受援方）"),
    }


@register.simple_tag
def bar_chart(bars: Sequence[Any], title: object = "", unit: object = "") -> SafeString:
    """Horizontal bars; see `drawing.bar_chart`."""
    return drawing.bar_chart(list(bars), str(title), str(unit))


@register.inclusion_tag("web/line_chart.html")
def line_chart(
    labels: Sequence[object], series: Sequence[Any], title: object = "", unit: object = ""
) -> dict[str, object]:
    """Lines with a legend; see `drawing.line_chart`."""
    names = [(number, drawing.value_of(line, "name", "")) for number, line in enumerate(series, start=1)]
    return {"drawing": drawing.line_chart(list(labels), list(series), str(title), str(unit)), "names": names}


@register.simple_tag
def funnel_chart(
    points: Sequence[Any], centre: float = 1.0, title: object = "", across: object = "", up: object = ""
) -> SafeString:
    """Units between limits of chance; see `drawing.funnel_chart`."""
    return drawing.funnel_chart(list(points), centre, str(title), str(across), str(up))


@register.inclusion_tag("web/echart.html")
def echart(name: str, options: Mapping[str, Any], title: object = "") -> dict[str, object]:
    """An ECharts island that reads its options from JSON; `title` is what a screen reader hears."""
    return {"name": name, "source": f"{name}-options", "options": options, "title": title}
