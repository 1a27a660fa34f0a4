"""Forms of the media wing. They read what was typed; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duikou.core.uploads.forms import SentAheadField
from duikou.wings.media.models import Subtitle


class RecordingForm(forms.Form):
    """A new recording; its file goes up in pieces before the form does."""

    title = forms.CharField(
        label=_("名称"), max_length=120, help_text=_("如“心衰的分级诊疗”。不要写患者姓名。")
    )
    file = SentAheadField(
        label=_("视频文件"),
        help_text=_("MP4、MOV、WebM、MKV、AVI 或 TS。出现可以认出患者的画面，须先取得其书面同意。"),
        widget=forms.FileInput(attrs={"accept": "video/*,.mkv,.ts,.mts,.m2ts,.avi"}),
    )
    upload = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A file that has arrived."""
        data = super().clean() or {}
        if not data.get("upload"):
            self.add_error("file", _("请选择视频文件。视频分段上传，须启用浏览器脚本。"))
        return data


class BroadcastForm(forms.Form):
    """A new broadcast."""

    title = forms.CharField(
        label=_("名称"), max_length=120, help_text=_("如“周三病例讨论”。不要写患者姓名。")
    )
    keeps = forms.BooleanField(
        label=_("保存为录像"), required=False, help_text=_("不勾选时，直播结束后画面不保留。")
    )
    notice = forms.CharField(
        label=_("录制告知"),
        max_length=300,
        required=False,
        initial=_("本次直播将录制并保存为教学录像。"),
        help_text=_("保存为录像时须告知，直播期间一直显示给所有观看的人。出现患者的画面须先取得其书面同意。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SubtitleForm(forms.Form):
    """Subtitles in a language."""

    language = forms.ChoiceField(label=_("语言"), choices=Subtitle.Language.choices)
    file = forms.FileField(
        label=_("字幕文件"),
        help_text=_("WebVTT（.vtt），UTF-8 编码，最多 1 MB。同一语言再次上传会替换。"),
        widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
    )


class WithdrawForm(forms.Form):
    """Why a recording is taken down."""

    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
