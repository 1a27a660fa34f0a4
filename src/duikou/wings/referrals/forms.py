"""Forms of the referrals wing. They read what was typed; the actions decide."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duikou.wings.hospitals.catalogue import specialty_choices
from duikou.wings.patients.queries.records import Place
from duikou.wings.referrals.actions import Appointment, Details, Offered, Plan
from duikou.wings.referrals.catalogue import condition_choices, tier_choices
from duikou.wings.referrals.models import Referral, Service, Slot
from duikou.wings.referrals.places import Free

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})[\s,，:：]+(\S.*)")
_SLOT = re.compile(r"(?:周|星期)?([一二三四五六日天1-7])\s+(\d{1,2})[:：](\d{2})\s+(\d{1,3})\s*人?")
_WEEKDAYS = {name: number for number, name in enumerate("一二三四五六日", start=1)} | {"天": 7}
CHOOSE = [("", _("请选择"))]
EARLY_HINT = _("死亡、失访或再次转诊的可提前登记，须写明情况。")


def _text(
    label: object, most: int, *, rows: int = 3, required: bool = False, hint: object = ""
) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        max_length=most,
        required=required,
        help_text=hint,  # type: ignore[arg-type]
        widget=forms.Textarea(attrs={"rows": rows, "autocomplete": "off"}),
    )


def _line(label: object, most: int, *, required: bool = False, hint: object = "") -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        max_length=most,
        required=required,
        help_text=hint,  # type: ignore[arg-type]
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _day(label: object, hint: object = "") -> forms.DateField:
    return forms.DateField(
        label=label,  # type: ignore[arg-type]
        help_text=hint,  # type: ignore[arg-type]
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("应为日期，写作 2014-03-01。")},
    )


def _version() -> forms.IntegerField:
    return forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 2)


class DatesField(forms.CharField):
    """Dates of follow-up: a line for each, the day and what is to be seen."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            label=_("随访日期"),
            max_length=3000,
            help_text=_("一行一次：日期、空格、内容，如“2014-03-08 血压、心电图”。"),
            widget=forms.Textarea(attrs={"rows": 3}),
            **more,
        )

    def to_python(self, value: Any) -> Any:
        """Pairs of day and words."""
        found = []
        for line in filter(None, map(str.strip, (super().to_python(value) or "").splitlines())):
            parts = _DATED.fullmatch(line)
            try:
                found.append((dt.date.fromisoformat(parts[1]), parts[2].strip()) if parts else None)
            except ValueError:
                found.append(None)
            if found[-1] is None:
                raise forms.ValidationError(
                    now_("“%(line)s”应写作“2014-03-08 血压、心电图”。") % {"line": line[:60]}
                )
        return tuple(found)


class SlotsField(forms.CharField):
    """Slots of a service: a line for each, weekday, time and places."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            label=_("接诊时段"),
            max_length=2000,
            help_text=_("一行一段：星期、时间、人数，如“周一 08:30 3”。"),
            widget=forms.Textarea(attrs={"rows": 4}),
            **more,
        )

    def to_python(self, value: Any) -> Any:
        """Triples of weekday, time and places."""
        found = []
        for line in filter(None, map(str.strip, (super().to_python(value) or "").splitlines())):
            parts = _SLOT.fullmatch(line)
            if not parts or int(parts[2]) > 23 or int(parts[3]) > 59:
                raise forms.ValidationError(now_("“%(line)s”应写作“周一 08:30 3”。") % {"line": line[:60]})
            day = _WEEKDAYS.get(parts[1]) or int(parts[1])
            found.append((day, dt.time(int(parts[2]), int(parts[3])), int(parts[4])))
        return tuple(found)


def lines_of(pairs: Any) -> str:
    """Dates of follow-up as they are typed."""
    return "\n".join(f"{one.due_on} {one.what}" for one in pairs)


def slot_lines(slots: Sequence[Slot]) -> str:
    """Slots as they are typed."""
    return "\n".join(f"{slot.weekday} {slot.starts:%H:%M} {slot.places}" for slot in slots)


class ReferralForm(forms.Form):
    """What is typed of a referral."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
    place = forms.ChoiceField(label=_("转出单位"))
    direction = forms.ChoiceField(
        label=_("方向"), choices=Referral.Direction.choices, widget=forms.RadioSelect
    )
    urgency = forms.ChoiceField(label=_("缓急"), choices=Referral.Urgency.choices, widget=forms.RadioSelect)
    diagnosis = _line(pgettext_lazy("单数", "诊断"), 200, required=True)
    code = _line(_("诊断编码"), 12, hint=_("ICD-10 或 DRG，如 I21.0；有对应的分级病种时自动归入。"))
    tier = forms.ChoiceField(label=_("分级病种"), required=False, help_text=_("没有编码时选择。"))
    conditions_up = forms.MultipleChoiceField(
        label=_("上转指征"), required=False, widget=forms.CheckboxSelectMultiple
    )
    conditions_down = forms.MultipleChoiceField(
        label=_("下转指征"), required=False, widget=forms.CheckboxSelectMultiple
    )
    exception = _line(_("不按分级的理由"), 500, hint=_("没有勾选指征时填写。"))
    service = forms.ChoiceField(label=_("接诊服务"))
    why = _line(_("转诊原因和目的"), 500, required=True)
    summary = _text(
        _("病情摘要"), 5000, rows=5, required=True, hint=_("主诉、病史、检查、诊治经过和已用药物。")
    )
    plan = _text(_("后续治疗和照护"), 5000, rows=4, hint=_("下转必填：治疗、康复、用药和注意事项。"))
    follow_ups = DatesField(required=False)
    escort = _line(_("护送人员"), 120, hint=_("急诊必填。"))
    escort_phone = _line(_("护送联系电话"), 30)
    from_phone = _line(_("转出方电话"), 30)

    def __init__(self, *args: Any, places: list[Place], services: Sequence[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = {str(one.pk): one for one in services}
        choices: dict[str, Any] = {
            "place": [(one.key, one.label) for one in places],
            "tier": [("", _("其他")), *tier_choices()],
            "conditions_up": condition_choices("up"),
            "conditions_down": condition_choices("down"),
            "service": [*CHOOSE, *((key, service_label(one)) for key, one in self.services.items())],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]

    def details(self) -> Details:
        """What was typed, for the action."""
        data = self.cleaned_data
        direction = data["direction"]
        plain = (
            "direction", "urgency", "diagnosis", "code", "tier", "exception", "why", "summary", "plan",
            "escort", "escort_phone", "from_phone", "follow_ups",
        )  # fmt: skip
        return Details(
            service=self.services[data["service"]],
            conditions=tuple(data[f"conditions_{direction}"]),
            **{name: data[name] for name in plain},
        )


def service_label(one: Service) -> str:
    """A service in a list of choices."""
    words = [one.hospital.name, one.name, one.get_takes_display()]
    return " · ".join(str(word) for word in words)


class SignForm(forms.Form):
    """A step that is signed, or needs nothing but its version."""

    version = _version()


class ReasonForm(forms.Form):
    """A step with its reason."""

    reason = _text(_("理由"), 500, required=True)
    version = _version()


class AcceptForm(forms.Form):
    """Acceptance for a day, or a slot with a place left."""

    place = forms.ChoiceField(label=_("预约时段"), required=False, help_text=_("只列出还有名额的时段。"))
    on = forms.DateField(
        label=_("或预约日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("不按时段接诊（如直接住院）的填写。"),
    )
    bed = _line(_("床位或接诊地点"), 120)
    note = _line(_("接收意见"), 500)
    version = _version()

    def __init__(self, *args: Any, free: Sequence[Free], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._free = {one.key: one for one in free}
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", _("不按时段")),
            *(
                (
                    one.key,
                    now_("%(day)s %(slot)s，余 %(left)s")
                    % {"day": one.day, "slot": one.slot, "left": one.left},
                )
                for one in free
            ),
        ]

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("place") and not data.get("on"):
            self.add_error("place", now_("请选择时段，或填写预约日期。"))
        return data

    def appointment(self) -> Appointment:
        """What was chosen, for the action."""
        data = self.cleaned_data
        chosen = self._free.get(data["place"])
        day, slot = (chosen.day, chosen.slot) if chosen else (data["on"], None)
        return Appointment(day, slot, data["bed"], data["note"])


class ArriveForm(forms.Form):
    """When the patient arrived."""

    at = forms.DateTimeField(
        label=_("到达时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": _("应为日期和时间，写作 2014-03-01 08:30。")},
    )
    version = _version()


class BackForm(forms.Form):
    """What goes back with the patient."""

    summary = _text(_("诊治小结"), 5000, rows=5, required=True)
    plan = _text(_("转回后的治疗计划"), 5000, rows=4, required=True)
    follow_ups = DatesField()
    version = _version()

    def back(self) -> Plan:
        """What was typed, for the action."""
        return Plan(*(self.cleaned_data[name] for name in ("summary", "plan", "follow_ups")))


class OutcomeForm(forms.Form):
    """The outcome."""

    outcome = forms.ChoiceField(label=_("结局"), choices=Referral.Outcome.choices, widget=forms.RadioSelect)
    on = _day(_("结局日期"), EARLY_HINT)
    note = _line(_("结局说明"), 500)
    version = _version()


class FollowUpForm(forms.Form):
    """A follow-up that took place."""

    on = _day(_("完成日期"))
    finding = _text(_("随访结果"), 500, required=True)


class ServiceForm(forms.Form):
    """A service of the directory."""

    place = forms.ChoiceField(label=_("医院或科室"))
    name = _line(_("服务名称"), 80, required=True)
    specialty = forms.ChoiceField(label=_("专业"))
    takes = forms.ChoiceField(label=_("接收方向"), choices=Service.Takes.choices, widget=forms.RadioSelect)
    tiers = forms.MultipleChoiceField(
        label=_("接收病种"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不勾选的，接收该专业全部病种。"),
    )
    emergency = forms.BooleanField(label=_("接收急诊转诊"), required=False)
    weekly = forms.IntegerField(label=_("每周接收人数"), min_value=1, max_value=999)
    slots = SlotsField()
    phone = _line(_("联系电话"), 30)
    note = _line(_("来诊须知"), 500)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)

    def __init__(self, *args: Any, places: list[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if places:
            self.fields["place"].choices = [(one.key, one.label) for one in places]  # type: ignore[attr-defined]
        else:  # a service stays where it is
            del self.fields["place"]
        self.fields["specialty"].choices = [*CHOOSE, *specialty_choices()]  # type: ignore[attr-defined]
        self.fields["tiers"].choices = tier_choices()  # type: ignore[attr-defined]

    def offered(self) -> Offered:
        """What was typed, for the action."""
        names = ("name", "specialty", "takes", "weekly", "slots", "emergency", "phone", "note")
        values = {name: self.cleaned_data[name] for name in names}
        return Offered(**values, tiers=tuple(self.cleaned_data["tiers"]))


def now() -> str:
    """The present time as a form's first value."""
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M")
