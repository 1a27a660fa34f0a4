"""Forms of the pathology wing. They read what was typed; the actions decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duikou.core.uploads.forms import SentAheadField
from duikou.wings.imaging.models import Study
from duikou.wings.pathology.models import Slide


class SlideForm(forms.Form):
    """A new slide: in a study that is there, or in a new one of a patient."""

    study = forms.ChoiceField(label=_("检查"), required=False)
    patient = forms.CharField(
        label=_("患者编号"), max_length=10, required=False, help_text=_("建立新检查时填写。")
    )
    title = forms.CharField(
        label=_("部位与蜡块"), max_length=60, help_text=_("如“胃窦 A1”。不要写患者姓名。")
    )
    stain = forms.ChoiceField(label=_("染色"), choices=Slide.Stain.choices)
    file = SentAheadField(
        label=_("切片文件"),
        help_text=_("SVS、带金字塔的 TIFF、NDPI、SCN、BIF 或单文件 DICOM。KFB、SDPC、TMAP 请先导出。"),
    )
    upload = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, studies: Iterable[Study], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(one.study_uid, self._words(one)) for one in studies]
        self.fields["study"].choices = [("", _("新检查")), *listed]  # type: ignore[attr-defined]

    @staticmethod
    def _words(study: Study) -> str:
        number = study.patient.number if study.patient else "—"
        return f"{number} · {study.description}" if study.description else number

    def clean(self) -> dict[str, Any]:
        """A study or a patient; a file that has arrived."""
        data = super().clean() or {}
        if not data.get("study") and not data.get("patient"):
            self.add_error("patient", _("请选择已有的检查，或填写患者编号。"))
        if not data.get("upload"):
            self.add_error("file", _("请选择切片文件。切片分段上传，须启用浏览器脚本。"))
        return data


class DecideForm(forms.Form):
    """Whether a doubtful slide can be read."""

    good = forms.ChoiceField(
        label=_("处理意见"),
        choices=[("yes", _("可以阅片")), ("no", _("不合格，须重新扫描"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
