"""Forms of the discharges pages. They check shape only; rules are the actions' business."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LAYOUTS = (".csv", ".csv.gz", ".xlsx", ".parquet")


class UploadForm(forms.Form):
    """One file of one hospital and month."""

    hospital = forms.ChoiceField(label=_("医院"))
    month = forms.CharField(
        label=_("出院月份"),
        max_length=7,
        widget=forms.DateInput(attrs={"type": "month", "placeholder": "2014-03"}),
        help_text=_("文件中全部病例的出院月份，写作 2014-03。"),
    )
    file = forms.FileField(
        label=_("病案首页文件"),
        max_length=200,
        help_text=_("HQMS（642 或 811 列）、N041（232 列）或简表；.csv、.csv.gz、.xlsx 或 .parquet。"),
    )

    def __init__(self, *args: Any, hospitals: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hospital"].choices = hospitals  # type: ignore[attr-defined]
