"""Forms of the host's pages. They check shape only; rules are the actions' business."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duikou.wings.presence.catalogue import label
from duikou.wings.presence.models import Work

_YES, _NO = "yes", "no"


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("理由"), max_length=500, help_text=_("写明依据，本人看得到。不得填写患者信息。")
    )


class DayForm(forms.Form):
    """Whether somebody was at work."""

    present = forms.ChoiceField(
        label=_("认定结果"),
        choices=[(_YES, _("在岗")), (_NO, _("不在岗"))],
        widget=forms.RadioSelect,
    )
    reason = _reason()
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class WorkForm(forms.Form):
    """A counter put right. `seen` holds the versions of the day's counters as they were read."""

    activity = forms.ChoiceField(label=_("工作"))
    count = forms.IntegerField(label=_("数量"), min_value=0, max_value=9999)
    reason = _reason()
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)

    def __init__(self, *args: Any, activities: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].choices = [(name, label(name)) for name in activities]  # type: ignore[attr-defined]

    def version(self, activity: str) -> int:
        """The version of a counter that was read; 0 for one that was not there."""
        found = dict(part.split(":") for part in self.cleaned_data["seen"].split(",") if part.count(":") == 1)
        version = found.get(activity, "0")
        return int(version) if version.isascii() and version.isdigit() else -1


def seen(work: dict[str, Work]) -> str:
    """Versions of counters, as the form carries them."""
    return ",".join(f"{name}:{row.version}" for name, row in sorted(work.items()))


class ConfirmForm(forms.Form):
    """The host's word for a week."""

    monday = forms.DateField(widget=forms.HiddenInput, input_formats=["%Y-%m-%d"])
    remark = forms.CharField(label=_("说明"), max_length=300, required=False)
