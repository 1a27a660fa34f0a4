"""Forms of the patients wing. They read what was typed; the actions decide."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.patients.actions import Details
from duikou.wings.patients.actions.consents import Said, Scan
from duikou.wings.patients.catalogue import payment_choices, purpose_choices
from duikou.wings.patients.models import Consent, Patient
from duikou.wings.patients.queries import records

CHOOSE = [("", _("请选择"))]


def _day(label: object, *, required: bool = True, help_text: object = "") -> forms.DateField:
    return forms.DateField(
        label=label,  # type: ignore[arg-type]
        required=required,
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("应为日期，写作 2014-03-01。")},
    )


def _time(label: object, help_text: object = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,  # type: ignore[arg-type]
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": _("应为日期和时间，写作 2014-03-01 08:30。")},
    )


def _line(label: object, most: int, *, required: bool = False, help_text: object = "") -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        max_length=most,
        required=required,
        help_text=help_text,  # type: ignore[arg-type]
    )


def _private(field: forms.CharField) -> forms.CharField:
    """Not offered again by the browser to whoever types next."""
    field.widget.attrs["autocomplete"] = "off"
    return field


def _scan() -> forms.FileField:
    return forms.FileField(
        label=_("签字件扫描"), required=False, help_text=_("PDF、PNG 或 JPEG，不超过 20 MB。")
    )


def scan_of(files: Any) -> Scan | None:
    """The uploaded paper."""
    file = files.get("file")
    return Scan(file.name or "", file.read()) if file else None


class PatientForm(forms.Form):
    """What is entered of a patient."""

    name = _private(_line(_("姓名"), 60, required=True, help_text=_("照证件写，生僻字照样输入。")))
    identity_kind = forms.ChoiceField(label=_("证件类别"), choices=Patient.IdentityKind.choices)
    identity = _private(_line(_("证件号码"), 40))
    birth_date = _day(_("出生日期"))
    sex = forms.ChoiceField(label=_("性别"), choices=[*CHOOSE, *Patient.Sex.choices])
    phone = _private(_line(_("电话"), 30))
    payment = forms.ChoiceField(label=_("付费方式"))
    residence = forms.ChoiceField(label=_("居住地"), required=False)
    care = forms.ChoiceField(label=_("就诊类别"), choices=Patient.Care.choices)
    last_contact_on = _day(_("最近就诊"), help_text=_("保存期限从这一天算起。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payment"].choices = [*CHOOSE, *payment_choices()]  # type: ignore[attr-defined]
        self.fields["residence"].choices = [  # type: ignore[attr-defined]
            ("", _("省外或不详")),
            *records.residence_choices(),
        ]

    def details(self) -> Details:
        """What was typed, for the action."""
        values = {name: self.cleaned_data[name] for name in PatientForm.base_fields}
        values["residence"] = records.residence(values["residence"])
        return Details(**values)


class NewPatientForm(PatientForm):
    """A new patient, with the place that keeps the record."""

    place = forms.ChoiceField(label=_("建档单位"))

    def __init__(self, *args: Any, places: list[records.Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [(one.key, one.label) for one in places]  # type: ignore[attr-defined]
        self.order_fields(["place", *PatientForm.base_fields])


class CorrectionForm(PatientForm):
    """A record put right."""

    department: forms.ModelChoiceField[Department] = forms.ModelChoiceField(
        label=_("科室"), queryset=None, required=False, empty_label=_("全院")
    )
    reason = _line(_("更正理由"), 500, required=True)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, departments: Any, whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        field.queryset = departments  # type: ignore[attr-defined]
        if not whole:  # who acts for a department does not hand a record to the whole hospital
            field.required, field.empty_label = True, None  # type: ignore[attr-defined]


class SameForm(forms.Form):
    """What has been typed of a person so far."""

    name = _line("", 60)
    identity_kind = forms.CharField(max_length=5, required=False)
    identity = _line("", 40)
    birth_date = forms.DateField(required=False)
    sex = forms.CharField(max_length=8, required=False)
    place = forms.RegexField(r"^\d{1,18}-\d{1,18}$", required=False)


class FindForm(forms.Form):
    """Whom somebody looks for; sent in the body, never in an address."""

    text = _private(
        _line(
            _("患者编号、证件号码或完整姓名"),
            60,
            required=True,
            help_text=_("只在本院（本科室）建档的患者中查找。"),
        )
    )


class ConsentForm(forms.Form):
    """A consent."""

    purpose = forms.ChoiceField(label=_("同意事项"), widget=forms.RadioSelect)
    giver = forms.ChoiceField(label=_("由谁同意"), choices=Consent.Giver.choices, widget=forms.RadioSelect)
    giver_name = _private(_line(_("同意人姓名"), 60, help_text=_("监护人或近亲属同意的填写。")))
    giver_relation = _line(_("与患者的关系"), 40)
    why_not_patient = _line(_("非本人同意的原因"), 300, help_text=_("如昏迷、未满 14 周岁、不宜告知。"))
    given_at = _time(_("同意时间"))
    way = forms.ChoiceField(label=_("方式"), choices=Consent.Way.choices, widget=forms.RadioSelect)
    file = _scan()
    kept_at = _line(_("签字原件存放处"), 120, help_text=_("没有扫描件的填写。"))
    circumstances = _line(_("紧急情形"), 300, help_text=_("口头同意的填写，并写明两名见证人。"))
    witness_one = _private(_line(_("见证人一"), 60))
    witness_two = _private(_line(_("见证人二"), 60))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = purpose_choices()  # type: ignore[attr-defined]

    def said(self) -> Said:
        """What was typed, for the action."""
        return Said(**{name: value for name, value in self.cleaned_data.items() if name != "file"})


class ConfirmForm(forms.Form):
    """The written confirmation of an oral consent."""

    at = _time(_("书面确认时间"))
    file = _scan()
    kept_at = _line(_("签字原件存放处"), 120, help_text=_("没有扫描件的填写。"))


class WithdrawForm(forms.Form):
    """A consent taken back."""

    by = forms.ChoiceField(label=_("由谁撤回"), choices=Consent.Giver.choices, widget=forms.RadioSelect)
    at = _time(_("撤回时间"))
    note = _line(_("撤回说明"), 500, help_text=_("撤回不需要理由。"))


class ShareForm(forms.Form):
    """A relation with another hospital by hand."""

    hospital: forms.ModelChoiceField[Hospital] = forms.ModelChoiceField(
        label=_("对方医院"), queryset=None, empty_label=_("请选择")
    )
    reason = _line(_("理由"), 500, required=True, help_text=_("如术后复查由对方医院负责。"))
    until = _time(_("共享到"))

    def __init__(self, *args: Any, hospitals: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hospital"].queryset = hospitals  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    """Which record becomes part of this one."""

    duplicate = _line(_("并入本档案的患者编号"), 20, required=True)
    reason = _line(_("合并理由"), 500, required=True)


class ReasonForm(forms.Form):
    """Why."""

    reason = _line(_("理由"), 500, required=True)


class GlassForm(forms.Form):
    """Whose record is opened in an emergency, and why."""

    named = _private(_line(_("患者编号或证件号码"), 40, required=True))
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ReviewForm(forms.Form):
    """Whether an emergency access was justified."""

    justified = forms.TypedChoiceField(
        label=_("是否正当"),
        choices=(("yes", _("正当")), ("no", _("不正当"))),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    remark = _line(_("审核意见"), 500, help_text=_("不正当的须写明。"))


class DecideForm(forms.Form):
    """Whether a record is erased."""

    agreed = forms.TypedChoiceField(
        label=_("决定"),
        choices=(("yes", _("核准销毁")), ("no", _("不核准"))),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    remark = _line(_("说明"), 500, help_text=_("不核准的须写明。"))


def now() -> str:
    """The present time as a form's first value."""
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M")


def in_a_month() -> str:
    """A month from now as a form's first value."""
    return (timezone.localtime() + dt.timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
