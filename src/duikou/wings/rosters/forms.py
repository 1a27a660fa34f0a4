"""Forms of the rosters wing. They read what was typed; the actions decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from duikou.wings.hospitals.models import Department
from duikou.wings.people.models import Person
from duikou.wings.rosters.actions.rules import LIMITS, SHIFT_FIELDS
from duikou.wings.rosters.models import Absence, Member, RosterRules, Shift
from duikou.wings.rosters.models.rules import MOST_NEEDED
from duikou.wings.rosters.needs import WEEK, Needs
from duikou.wings.rosters.queries.rules import shifts_of


def _day(label: object, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,  # type: ignore[arg-type]
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("应为日期，写作 2014-03-01。")},
        **kwargs,
    )


class MonthField(forms.CharField):
    """A month, written 2014-03."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "month", "placeholder": "2014-03"}
        super().__init__(widget=forms.TextInput(attrs=attrs), max_length=7, **kwargs)

    def clean(self, value: Any) -> Any:
        """The first day of the month."""
        text = super().clean(value)
        try:
            return dt.date.fromisoformat(f"{text}-01")
        except ValueError:
            raise forms.ValidationError(_("应为年月，写作 2014-03。")) from None


class OpenForm(forms.Form):
    """Which department and month."""

    month = MonthField(label=_("月份"))

    def __init__(self, *args: Any, departments: Iterable[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.pk): one for one in departments}
        self.fields["department"] = forms.ChoiceField(
            label=_("科室"),
            choices=[(key, f"{one.hospital.name} · {one.name}") for key, one in self.known.items()],
        )
        self.order_fields(["department", "month"])


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Limits and weights."""

    class Meta:
        model = RosterRules
        fields = LIMITS


class ShiftForm(forms.ModelForm):  # type: ignore[type-arg]
    """A shift with its times."""

    start = forms.TimeField(
        label=_("开始"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("应为时刻，写作 08:00。")},
    )

    class Meta:
        model = Shift
        fields = SHIFT_FIELDS
        help_texts = {
            "minutes": _("跨过零点的班连着算，如 17:00 起 900 分钟到次日 8:00。"),
            "skill": _("填了以后，只有登记了同一资质的人员能上这个班；不要求就留空。"),
        }


def _people(label: str, initial: int, **attrs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        initial=initial,
        min_value=0,
        max_value=MOST_NEEDED,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "form-control", **attrs}),
    )


class WeekForm(forms.Form):
    """How many each shift takes on each day of the week."""

    def __init__(self, *args: Any, shifts: Iterable[Shift], needs: Needs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shifts = list(shifts)
        for shift in self.shifts:
            for weekday in WEEK:
                label = pgettext("班次 星期", "%(shift)s %(weekday)s") % {
                    "shift": shift.name,
                    "weekday": WEEKDAYS[weekday],
                }
                self.fields[f"{shift.pk}-{weekday}"] = _people(
                    label, needs.on_weekday(shift, weekday), **{"aria-label": label}
                )

    def rows(self) -> list[tuple[Shift, list[tuple[object, forms.BoundField]]]]:
        """The fields as the page shows them: shifts by days of the week."""
        return [
            (shift, [(WEEKDAYS[weekday], self[f"{shift.pk}-{weekday}"]) for weekday in WEEK])
            for shift in self.shifts
        ]

    @property
    def people(self) -> dict[tuple[int, int], int]:
        """What was typed, by shift and day of the week."""
        return {
            (shift.pk, weekday): self.cleaned_data[f"{shift.pk}-{weekday}"]
            for shift in self.shifts
            for weekday in WEEK
        }


class SpecialDaysForm(forms.Form):
    """Dates on which the shifts take other numbers."""

    first_day = _day(_("第一天"))
    last_day = _day(_("最后一天"))
    note = forms.CharField(
        label=_("说明"), max_length=20, required=False, help_text=_("如“国庆节”“调休上班”，显示在排班表上。")
    )

    def __init__(self, *args: Any, shifts: Iterable[Shift], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shifts = list(shifts)
        for shift in self.shifts:
            label = str(_("%(shift)s所需人数")) % {"shift": shift.name}
            self.fields[f"people-{shift.pk}"] = _people(label, shift.weekend_need)

    @property
    def people(self) -> dict[int, int]:
        """What was typed, by shift."""
        return {shift.pk: self.cleaned_data[f"people-{shift.pk}"] for shift in self.shifts}


class MemberForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a person takes part."""

    class Meta:
        model = Member
        fields = ("takes_part", "skills", "max_duties")
        help_texts = {
            "skills": _("多项用顿号分开；副高以上由职称得出，不必填。"),
            "max_duties": _("留空则按科室的限制。"),
        }


class AbsenceForm(forms.Form):
    """Days on which a person cannot be rostered."""

    first_day = _day(_("第一天"))
    last_day = _day(_("最后一天"))
    reason = forms.ChoiceField(label=_("事由"), choices=Absence.Reason.choices)

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.pk): one for one in people}
        self.fields["person"] = forms.ChoiceField(
            label=_("人员"), choices=[(key, one.name) for key, one in self.known.items()]
        )
        self.order_fields(["person", "first_day", "last_day", "reason"])


class CellForm(forms.Form):
    """The shift of one cell, and whether working out anew keeps it."""

    fixed = forms.BooleanField(
        label=_("锁定"), required=False, help_text=_("锁定的班次在自动生成时保持不变。")
    )

    def __init__(self, *args: Any, shifts: Iterable[Shift], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shift"] = forms.ChoiceField(
            label=_("班次"),
            required=False,
            choices=[("", _("休息")), *((str(one.pk), one.name) for one in shifts)],
        )
        self.order_fields(["shift", "fixed"])


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("理由"), max_length=200)


class WishForm(forms.Form):
    """A wish for a day."""

    day = _day(_("日期"))

    def __init__(self, *args: Any, departments: Iterable[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.departments = {str(one.pk): one for one in departments}
        self.shifts = {str(one.pk): one for one in shifts_of(self.departments)}
        self.fields["wish"] = forms.ChoiceField(
            label=_("希望"),
            choices=[
                *((f"off-{key}", f"{one.name} · {_('休息')}") for key, one in self.departments.items()),
                *((key, f"{one.department.name} · {one.name}") for key, one in self.shifts.items()),
            ],
        )

    def wished(self) -> tuple[Department, Shift | None]:
        """The department and the shift (none: a day off)."""
        value = self.cleaned_data["wish"]
        if value.startswith("off-"):
            return self.departments[value.removeprefix("off-")], None
        shift = self.shifts[value]
        return shift.department, shift


class SwapForm(forms.Form):
    """With which duty, and why."""

    reason = forms.CharField(label=_("理由"), max_length=200)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"] = forms.ChoiceField(label=_("换成"), choices=choices)
        self.order_fields(["other", "reason"])
