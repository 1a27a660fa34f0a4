"""Forms of the telehealth wing. They read what was typed; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duikou.wings.hospitals import catalogue as register
from duikou.wings.imaging.models import Study
from duikou.wings.patients.forms import CHOOSE, _day, _line, _time
from duikou.wings.patients.models import Patient
from duikou.wings.telehealth.actions import Request, Written
from duikou.wings.telehealth.actions.answers import MOST_SEATS
from duikou.wings.telehealth.catalogue import title_choices
from duikou.wings.telehealth.eligibility import Reason
from duikou.wings.telehealth.models import CaseFile, Consultation, Expert, Slot
from duikou.wings.telehealth.pictures import Choice
from duikou.wings.telehealth.queries import desk

GRADES = [(5, "5"), (4, "4"), (3, "3"), (2, "2"), (1, "1")]


def _long(label: object, most: int, *, required: bool = True, rows: int = 4, help_text: object = "") -> Any:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        max_length=most,
        required=required,
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class CaseForm(forms.Form):
    """The case and what is asked about it."""

    kind = forms.ChoiceField(label=_("类别"), choices=Consultation.Kind.choices)
    urgency = forms.ChoiceField(label=_("紧急程度"), choices=Consultation.Urgency.choices)
    specialty = forms.ChoiceField(label=_("所需专业"))
    title = forms.ChoiceField(label=_("所需职称（以上）"), required=False)
    reason_wanted = _long(_("会诊理由"), 500, rows=2)
    aim = _long(_("会诊目的"), 500, rows=2)
    diagnosis = _long(_("初步诊断"), 500, rows=2)
    summary = _long(_("病历摘要"), 8000, rows=6, help_text=_("主诉、现病史、体征；不写证件号码和电话。"))
    history = _long(_("既往史"), 4000, required=False)
    examinations = _long(_("检查与用药"), 8000, required=False)
    live = forms.BooleanField(
        label=_("希望实时连线"), required=False, help_text=_("不选也能会诊：专家看资料后书面答复。")
    )
    wanted_at = _time(_("希望时间"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wanted_at"].required = False
        self.fields["specialty"].choices = [*CHOOSE, *register.specialty_choices()]  # type: ignore[attr-defined]
        self.fields["title"].choices = [("", _("不限")), *title_choices()]  # type: ignore[attr-defined]

    def request(self) -> Request:
        """What was typed, for the action."""
        return Request(**{name: self.cleaned_data[name] for name in CaseForm.base_fields})


class NewCaseForm(CaseForm):
    """A new case, with the hospital that is asked; the key makes a form that is sent twice one row."""

    invited = forms.TypedChoiceField(label=_("受邀医院"), coerce=int)
    key = forms.RegexField(r"^[0-9A-Za-z_-]{1,40}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invited"].choices = [  # type: ignore[attr-defined]
            *CHOOSE,
            *((title, [(one.pk, one.name) for one in found]) for title, found in desk.hospitals_for(patient)),
        ]
        self.order_fields(["invited", *CaseForm.base_fields])


class FileForm(forms.Form):
    """A file of the case."""

    part = forms.ChoiceField(label=_("资料类别"), choices=CaseFile.Part.choices)
    title = _line(_("名称"), 120, help_text=_("不写则用文件名。"))
    file = forms.FileField(
        label=_("文件"), help_text=_("PDF、Word、Excel、PNG 或 JPEG，不超过 20 MB；按内容判断。")
    )


class StudiesForm(forms.Form):
    """Which studies go with the case."""

    studies = forms.TypedMultipleChoiceField(
        label=_("检查影像"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, found: list[Study], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["studies"].choices = [(one.pk, study_words(one)) for one in found]  # type: ignore[attr-defined]


def study_name(one: Study) -> str:
    """What a study is, without its time."""
    return f"{one.get_kind_display()} {one.modality} {one.description}".strip()


def study_words(one: Study) -> str:
    """A study in a list to choose from."""
    taken = f" · {timezone.localtime(one.taken_at):%Y-%m-%d %H:%M}" if one.taken_at else ""
    return study_name(one) + taken


class ReasonForm(forms.Form):
    """Why."""

    reason = _line(_("理由"), 500, required=True)


class AssignForm(forms.Form):
    """Who is named: the chair, and the other members of a group."""

    chair = forms.TypedChoiceField(label=_("专家"), coerce=int)
    members = forms.TypedMultipleChoiceField(
        label=_("其他专家"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        one: Consultation,
        candidates: list[tuple[Expert, tuple[Reason, ...]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fit = [
            (
                row.pk,
                f"{row.person.name} · {register.title_label(row.person.title)} · "
                f"{register.specialty_label(row.person.specialty)}",
            )
            for row, reasons in candidates
            if not any(reason.blocking for reason in reasons)
        ]
        self.fields["chair"].choices = [*CHOOSE, *fit]  # type: ignore[attr-defined]
        if one.kind == Consultation.Kind.GROUP:
            self.fields["chair"].label = _("主持专家")
            self.fields["members"].choices = fit  # type: ignore[attr-defined]
            self.fields["members"].help_text = _("至少一位，连主持最多 %(most)s 位。") % {"most": MOST_SEATS}
        else:
            del self.fields["members"]

    def keys(self) -> list[int]:
        """Keys of the experts, the chair first."""
        chair = self.cleaned_data["chair"]
        return [chair, *(key for key in self.cleaned_data.get("members", ()) if key != chair)]


class SlotForm(forms.Form):
    """A time of a named expert."""

    slot = forms.TypedChoiceField(label=_("时段"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, options: list[Slot], words: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slot"].choices = [(slot.pk, words(slot)) for slot in options]  # type: ignore[attr-defined]


class OpinionForm(forms.Form):
    """What the expert writes."""

    findings = _long(_("所见与分析"), 8000, rows=6)
    conclusion = _long(_("诊断意见"), 8000, rows=4)
    advice = _long(_("处理建议"), 8000, required=False)

    def written(self) -> Written:
        """What was typed, for the action."""
        return Written(**self.cleaned_data)


class DraftForm(OpinionForm):
    """The same, unfinished."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False


class PictureForm(forms.Form):
    """A picture of the case, for the opinion."""

    source = forms.ChoiceField(label=_("图像"), widget=forms.RadioSelect)
    number = forms.IntegerField(
        label=_("第几幅"), required=False, min_value=1, help_text=_("只在选了序列时填写，从 1 数起。")
    )
    caption = _line(_("图注"), 200, required=True, help_text=_("如“右上肺结节，肺窗”。不写患者的姓名。"))

    def __init__(self, *args: Any, found: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offers = bool(found)
        self.fields["source"].choices = [(one.source, one.words) for one in found]  # type: ignore[attr-defined]


class AcknowledgeForm(forms.Form):
    """Whether the inviting doctor adopts the opinion."""

    adoption = forms.ChoiceField(
        label=_("是否采纳"),
        choices=[one for one in Consultation.Adoption.choices if one[0]],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=pgettext_lazy("采纳", "说明"),
        max_length=500,
        required=False,
        help_text=_("部分采纳或未采纳的写明理由。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RateForm(forms.Form):
    """What one side thought of it."""

    timely = forms.TypedChoiceField(label=_("及时"), coerce=int, choices=GRADES)
    useful = forms.TypedChoiceField(label=_("质量"), coerce=int, choices=GRADES)
    remark = _line(_("评语"), 500)


class ExpertForm(forms.Form):
    """What the pool says of an expert."""

    practising_since = _day(_("独立执业起"), help_text=_("满三年方可受邀（规则 TEL-06）。"))
    kinds = forms.MultipleChoiceField(
        label=_("可受邀的类别"), choices=Consultation.Kind.choices, widget=forms.CheckboxSelectMultiple
    )
    tcm = forms.BooleanField(label=_("中医专家"), required=False)
    note = _line(_("擅长"), 300)


class NewExpertForm(ExpertForm):
    """A doctor put into the pool."""

    person = forms.TypedChoiceField(label=_("医师"), coerce=int)

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            *CHOOSE,
            *((one.pk, f"{one.name} · {register.title_label(one.title)}") for one in staff),
        ]
        self.order_fields(["person", *ExpertForm.base_fields])


class TimeForm(forms.Form):
    """A time at which an expert can be there."""

    begins_at = _time(pgettext_lazy("时段", "开始"))
    ends_at = _time(pgettext_lazy("时段", "结束"))
    weeks = forms.TypedChoiceField(
        label=_("每周重复"),
        coerce=int,
        required=False,
        empty_value=1,  # type: ignore[arg-type]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weeks"].choices = [  # type: ignore[attr-defined]
            (1, _("不重复")),
            *((number, _("连续 %(number)s 周") % {"number": number}) for number in (2, 4, 8, 12)),
        ]
