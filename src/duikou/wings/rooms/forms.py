"""Forms of the rooms wing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duikou.wings.hospitals.models import Hospital


class NewRoomForm(forms.Form):
    """A room opened by hand."""

    title = forms.CharField(
        label=_("名称"), max_length=120, help_text=_("如“心内科病例讨论”。不要写患者的姓名和其他信息。")
    )
    hospitals: forms.ModelMultipleChoiceField[Hospital] = forms.ModelMultipleChoiceField(
        label=_("邀请的医院"),
        queryset=None,
        required=False,
        help_text=_("这些医院有“进入会诊室”权限的人都可以进入。"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, hospitals: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hospitals"].queryset = hospitals  # type: ignore[attr-defined]
