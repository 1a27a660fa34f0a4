"""Forms of the pairings pages. They check shape only; rules are the actions' business."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duikou.policy.loader import available_packs
from duikou.wings.pairings.models import AidLoad, Pairing, Round

TABLES = (("1", _("附件1（省级医院）")), ("2", _("附件2（各市）")))


class Day(forms.DateField):
    """A date with the browser's own picker."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)


class Departments(forms.CharField):
    """Names of departments, separated by 、 or a comma, as a list."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        """The parts of the text."""
        text = str(super().to_python(value) or "")
        for mark in "，,;；/\n":
            text = text.replace(mark, "、")
        return [part.strip() for part in text.split("、") if part.strip()]

    def prepare_value(self, value: Any) -> Any:
        """The parts joined again."""
        return "、".join(value) if isinstance(value, (list, tuple)) else value


class RoundForm(forms.Form):
    """A round; `key` only when it is new, `version` and state only when it is not."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.SlugField(
        label=_("标识"),
        max_length=50,
        help_text=_("小写字母、数字和连字符，例如 zhejiang-2017；以后不能更改。"),
    )
    name = forms.CharField(label=_("名称"), max_length=120)
    name_en = forms.CharField(label=_("英文名称"), max_length=160, required=False)
    policy_pack = forms.ChoiceField(label=_("政策包"))
    start = Day(label=_("起"))
    end = Day(label=_("止（含）"))
    divisions_on = Day(
        label=_("区划日期"), required=False, help_text=_("表格按哪一天的区划编制；空：同开始日期。")
    )
    previous = forms.ChoiceField(label=_("上一轮"), required=False)
    state = forms.ChoiceField(label=_("状态"), choices=Round.State.choices)

    def __init__(self, *args: Any, rounds: list[tuple[str, str]], new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy_pack"].choices = [(name, name) for name in available_packs()]  # type: ignore[attr-defined]
        self.fields["previous"].choices = [("", "—"), *rounds]  # type: ignore[attr-defined]
        for name in ("state", "version") if new else ("key",):
            del self.fields[name]


class PairingForm(forms.Form):
    """A pairing added by hand."""

    round = forms.ChoiceField(label=_("轮次"))
    table = forms.ChoiceField(label=_("表"), choices=TABLES)
    group = forms.ChoiceField(label=_("地区"), required=False, help_text=_("附件2须选市；附件1留空。"))
    supporter = forms.CharField(label=_("支援医院"), max_length=120, help_text=_("登记中的名称或别名。"))
    recipient = forms.CharField(label=_("受援医院"), max_length=120, help_text=_("登记中的名称或别名。"))
    kind = forms.ChoiceField(label=_("形式"), choices=Pairing.Kind.choices)
    start = Day(label=_("起"), required=False, help_text=_("空：同本轮。"))
    end = Day(label=_("止（含）"), required=False, help_text=_("空：同本轮。"))
    departments = Departments(
        label=_("限定科室"), required=False, max_length=500, help_text=_("多个科室用“、”分开；空：全院。")
    )
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=500,
        help_text=_("受援医院已有支援医院时，说明为何再安排一家。"),
    )

    def __init__(
        self, *args: Any, rounds: list[tuple[str, str]], cities: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].choices = rounds  # type: ignore[attr-defined]
        self.fields["group"].choices = [("", "—"), *cities]  # type: ignore[attr-defined]


class TermsForm(forms.Form):
    """Departments, reason and form of a pairing."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("形式"), choices=Pairing.Kind.choices)
    departments = Departments(
        label=_("限定科室"), required=False, max_length=500, help_text=_("多个科室用“、”分开；空：全院。")
    )
    reason = forms.CharField(label=_("理由"), required=False, max_length=500)


class EndForm(forms.Form):
    """The early end of a pairing."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    on = Day(label=_("最后一日"))
    reason = forms.CharField(label=_("终止理由"), max_length=500)


class LinkForm(forms.Form):
    """A link between two departments."""

    specialty = forms.ChoiceField(label=_("专业"))
    supporter_head = forms.ChoiceField(label=_("支援方第一责任人"), required=False)
    recipient_head = forms.ChoiceField(label=_("受援方第一责任人"), required=False)
    start = Day(label=_("起"), required=False, help_text=_("空：同结对。"))

    def __init__(
        self,
        *args: Any,
        specialties: list[tuple[str, str]],
        supporter_staff: list[tuple[str, str]],
        recipient_staff: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialty"].choices = specialties  # type: ignore[attr-defined]
        self.fields["supporter_head"].choices = [("", "—"), *supporter_staff]  # type: ignore[attr-defined]
        self.fields["recipient_head"].choices = [("", "—"), *recipient_staff]  # type: ignore[attr-defined]


class HeadsForm(forms.Form):
    """Who answers for a department link, by their numbers."""

    version = forms.IntegerField()
    supporter_head = forms.IntegerField(required=False)
    recipient_head = forms.IntegerField(required=False)


class LastDayForm(forms.Form):
    """The end of a department link or an aid programme."""

    version = forms.IntegerField()
    on = Day(label=_("最后一日"))


class AidForm(forms.Form):
    """Another aid programme of a hospital."""

    programme = forms.ChoiceField(label=_("任务"), choices=AidLoad.Programme.choices)
    beneficiary = forms.CharField(label=_("受援单位"), max_length=120, required=False)
    person_months = forms.IntegerField(label=_("每年人月"), required=False, min_value=0, max_value=100_000)
    start = Day(label=_("起"))
    end = Day(label=_("止（含）"), required=False)
    source = forms.CharField(label=_("来源"), max_length=200, help_text=_("文件号或出处。"))


class AssignForm(forms.Form):
    """Findings for somebody to work on."""

    assignee = forms.TypedChoiceField(label=_("承办单位"), coerce=int)
    due = Day(label=_("期限"), required=False)

    def __init__(self, *args: Any, assignees: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].choices = assignees  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """A reason, for the steps that need one."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class UploadForm(forms.Form):
    """A pairing table to import."""

    round = forms.ChoiceField(label=_("轮次"))
    file = forms.FileField(
        label=_("结对关系表"),
        max_length=200,
        help_text=_("方案全文（文本）、.docx、.xlsx、.xls、.ods 或 .csv；UTF-8 或 GB 18030 编码。"),
    )

    def __init__(self, *args: Any, rounds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].choices = rounds  # type: ignore[attr-defined]
