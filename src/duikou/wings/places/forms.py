"""Forms of the places wing."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from duikou.wings.places.geodesy import DATUMS


class BoundaryForm(forms.Form):
    """Upload of outlines."""

    file = forms.FileField(label=_("GeoJSON 文件"), help_text=_("不超过 40 MB；每个要素带六位区划代码。"))
    name = forms.CharField(label=_("名称"), max_length=80)
    source_text = forms.CharField(
        label=_("来源"), max_length=300, help_text=_("印在每幅地图下方，例如数据提供单位和下载页面名称。")
    )
    review_number = forms.CharField(
        label=_("审图号"), max_length=60, required=False, help_text=_("没有则留空；例如 GS(2024)0650号。")
    )
    as_of = forms.DateField(
        label=_("现势日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("文件所反映的日期；其中的区划代码须在当日有效。"),
    )
    datum = forms.ChoiceField(
        label=_("坐标系"),
        choices=[(datum, datum) for datum in DATUMS],
        help_text=_(
            "高德为 GCJ-02，百度为 BD-09，天地图与测绘部门为 WGS84（CGCS2000）。导入时统一转换为 WGS84。"
        ),
    )
    edited = forms.BooleanField(
        label=_("图形经过合并、简化或修改"), required=False, help_text=_("勾选后地图下方不再印原审图号。")
    )


class TravelForm(forms.Form):
    """Upload of a travel matrix."""

    file = forms.FileField(label=_("CSV 文件"), help_text=_("不超过 10 MB；UTF-8 或 GB 18030 编码。"))


class ReasonForm(forms.Form):
    """Reason for a removal."""

    reason = forms.CharField(label=_("理由"), max_length=500)
