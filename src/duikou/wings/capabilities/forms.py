"""Forms of the capability record. They read what was typed; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duikou.wings.capabilities.models import Performance
from duikou.wings.capabilities.queries.record import Record
from duikou.wings.hospitals.models import Hospital
from duikou.wings.people.models import Person

By = Performance.By


def _day(label: object) -> forms.DateField:
    return forms.DateField(
        label=label,  # type: ignore[arg-type]
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("应为日期，写作 2014-03-01。")},
    )


def _proof() -> forms.FileField:
    return forms.FileField(
        label=_("佐证文件"),
        required=False,
        help_text=_("PDF、Word、Excel 或照片，不超过 20 MB；不得含患者信息。"),
    )


class PaperForm(forms.Form):
    """A decision with its day and paper."""

    on = _day(_("批准日期"))
    number = forms.CharField(
        label=_("批准文号"), max_length=80, help_text=_("如医疗技术管理委员会的决议编号。")
    )
    file = _proof()


class ApproveForm(PaperForm):
    """Which hospital approves: those for which the person may."""

    def __init__(self, *args: Any, hospitals: list[Hospital], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.pk): one for one in hospitals}
        self.fields["hospital"] = forms.ChoiceField(
            label=_("批准医院"), choices=[(key, one.name) for key, one in self.known.items()]
        )
        self.order_fields(["hospital", "on", "number", "file"])


class CaseForm(forms.Form):
    """Cases of one day."""

    on = _day(_("日期"))
    by = forms.ChoiceField(label=_("开展方式"), choices=By.choices, widget=forms.RadioSelect)
    cases = forms.IntegerField(label=_("例数"), initial=1, min_value=1, max_value=9999)
    note = forms.CharField(
        label=_("佐证说明"), max_length=300, required=False, help_text=_("依据在哪里可查；不得填写患者信息。")
    )
    file = _proof()

    def __init__(self, *args: Any, record: Record, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.supporters = {str(one.pk): one for one in record.supporters}
        self.persons = {str(one.pk): one for one in record.persons}
        nobody = [("", "—")]
        self.fields["supporter"] = forms.ChoiceField(
            label=_("支援医院"),
            required=False,
            choices=nobody + [(key, one.name) for key, one in self.supporters.items()],
            help_text=_("本院独立开展的不填。"),
        )
        self.fields["person"] = forms.ChoiceField(
            label=_("派驻人员"),
            required=False,
            choices=nobody + [(key, _person(one)) for key, one in self.persons.items()],
        )
        self.order_fields(["on", "by", "supporter", "person", "cases", "note", "file"])


class EndForm(forms.Form):
    """An end with its first day and reason."""

    on = _day(_("停止日期"))
    reason = forms.CharField(label=_("理由"), max_length=500)


class WithdrawForm(forms.Form):
    """Why a record is wrong."""

    reason = forms.CharField(label=_("理由"), max_length=500)


def _person(person: Person) -> str:
    return f"{person.name} {person.title}".strip()
