"""Forms of the agreements pages. They check shape only; rules are the actions' business."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duikou.wings.agreements.models import Agreement, Event, Side

SCAN_TYPES = ".pdf,.png,.jpg,.jpeg"
PAPER_TYPES = f".docx,{SCAN_TYPES}"


class Day(forms.DateField):
    """A date with the browser's own picker."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)


class File(forms.FileField):
    """A file with the endings that the browser offers; what it is is told by its content."""

    def __init__(self, accept: str, **kwargs: Any) -> None:
        super().__init__(max_length=200, widget=forms.ClearableFileInput(attrs={"accept": accept}), **kwargs)


class Placed(forms.Form):
    """One of several forms on a page: its fields have ids of their own. `place` tells them apart."""

    place = "form"

    def __init__(self, *args: Any, place: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{place or self.place}-%s")
        super().__init__(*args, **kwargs)


class SeenForm(Placed):
    """An act on an agreement as the reader saw it."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 2)


class TermsForm(Placed):
    """Days and representatives."""

    drafted_on = Day(label=_("起草日期"), required=False, help_text=_("空：今天。"))
    term_start = Day(label=_("期限起"), required=False, help_text=_("空：同结对。"))
    term_end = Day(label=_("期限止（含）"), required=False, help_text=_("空：同结对；不少于三年。"))
    supporter_representative = forms.CharField(label=_("甲方代表"), max_length=60, required=False)
    recipient_representative = forms.CharField(label=_("乙方代表"), max_length=60, required=False)


class NewForm(TermsForm):
    """A new agreement of a pairing."""

    kind = forms.ChoiceField(label=_("协议类别"), choices=Agreement.Kind.choices)
    specialty = forms.ChoiceField(
        label=_("专业"), required=False, help_text=_("只用于科室之间的目标协议；空：医院之间。")
    )
    field_order = ("kind", "specialty")

    def __init__(self, *args: Any, specialties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialty"].choices = [("", "—"), *specialties]  # type: ignore[attr-defined]


class ChangeTermsForm(SeenForm, TermsForm):
    """Days and representatives of a draft."""

    place = "terms"


class UploadForm(SeenForm):
    """A text that was edited in Word."""

    place = "upload"
    file = File(
        ".docx",
        label=_("协议文本（.docx）"),
        help_text=_("先下载本系统生成的 Word 文件，修改后再上传；扫描件请在签署时上传。"),
    )
    accept_changes = forms.BooleanField(
        label=_("接受全部修订痕迹"), required=False, help_text=_("不勾选时，带修订痕迹的文件不予通过。")
    )
    note = forms.CharField(label=_("修改说明"), max_length=300, required=False)


class CommentForm(Placed):
    """A remark on the text or one clause."""

    place = "comment"
    clause = forms.ChoiceField(label=_("条款"), required=False)
    text = forms.CharField(label=_("批注"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, clauses: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clause"].choices = [("", _("全文")), *clauses]  # type: ignore[attr-defined]


class SideForm(SeenForm):
    """An act in the name of one party."""

    side = forms.ChoiceField(label=_("代表"), choices=Side.choices)

    def __init__(self, *args: Any, sides: list[Side], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["side"].choices = [(one.value, one.label) for one in sides]  # type: ignore[attr-defined]


class SignForm(SideForm):
    """Who signed for a party, and the page with seals."""

    place = "sign"
    signatory = forms.CharField(label=_("签署人"), max_length=60)
    post = forms.CharField(label=_("职务"), max_length=40, required=False)
    on = Day(label=_("签署日期"))
    scan = File(
        SCAN_TYPES,
        label=_("签字盖章页扫描件"),
        required=False,
        help_text=_("PDF、PNG 或 JPEG；由后签署的一方上传，或事先上传。"),
    )


class DayForm(SeenForm):
    """A day on which something happened."""

    on = Day(label=_("日期"))


class EventForm(SideForm):
    """A change of a party."""

    place = "event"
    kind = forms.ChoiceField(label=_("事项"), choices=Event.Kind.choices)
    name = forms.CharField(
        label=_("新任法定代表人"),
        max_length=60,
        required=False,
        help_text=_("医院承继时不填：以医院登记中的合并为准。"),
    )
    on = Day(label=_("日期"))
    reason = forms.CharField(label=_("说明"), max_length=500)
    paper = File(PAPER_TYPES, label=_("依据文件"), required=False)
    field_order = ("kind", "side")


class EndForm(SideForm):
    """A request to end early."""

    place = "end"
    last_day = Day(label=_("最后一日"))
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    evidence = File(PAPER_TYPES, label=_("证明材料"))


class OpenForm(forms.Form):
    """Drafts for a whole round."""

    drafted_on = Day(label=_("起草日期"), required=False, help_text=_("空：今天。"))


class TemplateForm(forms.Form):
    """A commission's own template."""

    org = forms.ChoiceField(label=_("适用范围"))
    title = forms.CharField(label=_("名称"), max_length=120)
    kind = forms.ChoiceField(label=_("协议类别"), choices=Agreement.Kind.choices)
    policy_pack = forms.ChoiceField(label=_("政策包"))
    file = File(".docx", label=_("范本（.docx）"))

    def __init__(self, *args: Any, orgs: list[tuple[str, str]], packs: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].choices = orgs  # type: ignore[attr-defined]
        self.fields["policy_pack"].choices = [(name, name) for name in packs]  # type: ignore[attr-defined]
