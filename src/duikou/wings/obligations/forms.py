"""Forms of the ledger's pages. They check shape only; rules are the actions' business."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duikou.wings.obligations.quantities import MOST

BIGGEST = 2**31 - 1  # what a number field takes; what is too much the action says in its own words


class Day(forms.DateField):
    """A date with the browser's own picker."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)


def _number(**options: Any) -> forms.IntegerField:
    field = forms.IntegerField(max_value=BIGGEST, min_value=-BIGGEST, **options)
    field.widget.attrs |= {"min": "0", "max": str(MOST)}
    return field


class StateForm(forms.Form):
    """What one side says."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    side = forms.CharField(widget=forms.HiddenInput, max_length=9)
    says = forms.CharField(widget=forms.HiddenInput, max_length=9, required=False)
    quantity = _number(label=_("数量"), required=False, help_text=_("留空：按佐证合计，或按对方填报的数量。"))
    note = forms.CharField(
        label=_("情况说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, counted: bool, note_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not counted:
            del self.fields["quantity"]
        self.fields["note"].required = note_needed


class EvidenceForm(forms.Form):
    """A piece of evidence: work done elsewhere, a file, or a note with a number."""

    kind = forms.ChoiceField(label=_("种类"))
    reference = forms.ChoiceField(label=_("已登记的工作"), required=False)
    quantity = _number(label=_("数量"), required=False, help_text=_("留空：1，或所选工作的数量。"))
    on = Day(label=_("日期"), required=False, help_text=_("留空：今天。"))
    note = forms.CharField(
        label=_("情况说明"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("没有文件时必填：做了什么、由谁。请勿写患者信息。"),
    )
    file = forms.FileField(
        label=_("文件"), max_length=200, required=False, help_text=_(".pdf、.docx、.xlsx、.png 或 .jpeg。")
    )

    def __init__(
        self,
        *args: Any,
        kinds: Sequence[tuple[str, str]],
        offers: Sequence[tuple[str, str]],
        counted: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        if offers:
            self.fields["reference"].choices = [("", "—"), *offers]  # type: ignore[attr-defined]
        else:
            del self.fields["reference"]
        if not counted:
            del self.fields["quantity"]


class ReasonForm(forms.Form):
    """A version and a reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("理由"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class VersionForm(forms.Form):
    """Only which state of a row was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class TargetForm(forms.Form):
    """A number that both parties are to agree on."""

    target = _number(label=_("目标值"))


class DelegationForm(forms.Form):
    """Who stands in, and when."""

    path = forms.ChoiceField(label=_("职责"))
    to = forms.ChoiceField(label=_("代理人"))
    start = Day(label=_("起"))
    end = Day(label=_("止（含）"))
    reason = forms.CharField(label=_("事由"), max_length=200)

    def __init__(
        self, *args: Any, places: Sequence[tuple[str, str]], people: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["path"].choices = places  # type: ignore[attr-defined]
        self.fields["to"].choices = people  # type: ignore[attr-defined]
