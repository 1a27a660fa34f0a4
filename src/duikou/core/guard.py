"""The last check before a row is written: what a column cannot keep is refused in words.

SQLite keeps five thousand characters in a column for five hundred, PostgreSQL answers
with an error; neither may reach a user. Forms and API schemas check what people type;
this holds for every other way in, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models.signals import pre_save
from django.utils.translation import gettext as _

from duikou.core.errors import Invalid, refused

# No text that anybody means: control characters but tab and line ends, halves of surrogate pairs.
_UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# What `json.dumps` makes of such characters, and of few others; the rest stays as it is.
_ESCAPED = re.compile(r"\\(?:u00|[bf])")
_LARGEST = {models.SmallIntegerField: 2**15 - 1, models.BigIntegerField: 2**63 - 1}
_LARGEST_USUAL = 2**31 - 1


def keepable(text: str) -> str:
    """`text` without what no column keeps; for records that must be written whatever happens."""
    return _UNKEEPABLE.sub("", text)


def fault_of_text(text: str, most: int | None) -> str:
    """What is wrong with a text for a column of `most` characters; empty when nothing is."""
    if _UNKEEPABLE.search(text):
        return _("含有不可见的控制字符或残缺字符，请删除后重新输入。")
    if most is not None and len(text) > most:
        return _("最多 %(most)s 个字符，实际 %(found)s 个。") % {"most": most, "found": len(text)}
    return ""


def line(text: str, field: str, label: str, most: int | None, *, required: bool = True) -> str:
    """A text without surrounding space. Raises Invalid when it is missing, or cannot be kept."""
    text = text.strip()
    if required and not text:
        raise refused(field, _("请填写%(label)s。") % {"label": label})
    if fault := fault_of_text(text, most):
        raise refused(field, fault)
    return text


def _fault(field: models.Field[Any, Any], value: Any) -> str:
    if isinstance(value, str):
        return fault_of_text(value, field.max_length if isinstance(field, models.CharField) else None)
    if isinstance(value, int) and isinstance(field, models.IntegerField):
        largest = next((n for kind, n in _LARGEST.items() if isinstance(field, kind)), _LARGEST_USUAL)
        if abs(value) > largest:
            return _("数值过大：最大 %(most)s，实际 %(found)s。") % {"most": largest, "found": value}
    if isinstance(field, models.JSONField) and value is not None:
        written = json.dumps(value, ensure_ascii=False, default=str)
        if not _ESCAPED.search(written) and not _UNKEEPABLE.search(written):
            return ""  # thousands of texts at once: results of the optimiser are kept after every edit
        return next(filter(None, (fault_of_text(text, None) for text in _texts(value))), "")
    return ""


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def check(model: type[models.Model], values: Mapping[str, Any]) -> None:
    """Raise Invalid when a column of `model` cannot keep its value."""
    fields = {}
    for name, value in values.items():
        field = model._meta.get_field(name)
        if isinstance(field, models.Field) and (fault := _fault(field, value)):
            fields[name] = [f"{field.verbose_name}：{fault}"]
    if fields:
        first = next(iter(fields.values()))[0]
        raise Invalid(_("内容无法保存：%(fault)s") % {"fault": first}, fields=fields)


def _before_save(sender: type[models.Model], instance: models.Model, raw: bool = False, **_: Any) -> None:
    if sender.__module__.startswith("duikou.") and not raw:
        names = [f.attname for f in sender._meta.concrete_fields if not f.is_relation]
        check(sender, {name: getattr(instance, name) for name in names})


def install() -> None:
    """Check every row of ours before it is saved."""
    pre_save.connect(_before_save, dispatch_uid="core.guard")
