"""Forms of the swaps wing. They read what was typed; the actions decide."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person


class MonthField(forms.DateField):
    """A month, read as its first day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
            input_formats=["%Y-%m", "%Y-%m-%d"],
            error_messages={"invalid": _("应为月份，写作 2014-03。")},
            **kwargs,
        )

    def clean(self, value: Any) -> dt.date | None:
        """The first day of the month."""
        day = super().clean(value)
        return day.replace(day=1) if day else None


class PlanForm(forms.Form):
    """A new plan."""

    name = forms.CharField(label=_("名称"), max_length=120)
    first_month = MonthField(label=_("第一个月"))
    months = forms.IntegerField(label=_("月数"), min_value=1, max_value=36, initial=12)
    home_least = forms.IntegerField(
        label=_("支援医院科室在岗下限（%）"),
        min_value=0,
        max_value=100,
        initial=70,
        help_text=_("按人员登记计算；外派后科室在岗人数不得低于这一比例。"),
    )
    host_least = forms.IntegerField(
        label=_("受援医院科室在岗下限（%）"),
        min_value=0,
        max_value=100,
        initial=80,
        help_text=_("派驻医师计入受援科室在岗人数，因此可以顶替外出进修的人。"),
    )
    rest = forms.IntegerField(label=_("两次派驻至少间隔（月）"), min_value=0, max_value=36, initial=6)

    def __init__(self, *args: Any, pairings: list[Pairing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.pk): one for one in pairings}
        self.fields["pairing"] = forms.ChoiceField(
            label=_("结对"),
            choices=[
                (key, f"{one.supporter} → {one.recipient}（{one.start:%Y-%m}—{one.end:%Y-%m}）")
                for key, one in self.known.items()
            ],
        )
        self.order_fields(["name", "pairing"])


class StayForm(forms.Form):
    """A row moved by hand."""

    first_month = MonthField(label=_("第一个月"))
    months = forms.IntegerField(label=_("月数"), min_value=1, max_value=36)


class RepairForm(forms.Form):
    """Who of the plan cannot be away, and when."""

    person = forms.ChoiceField(label=_("人员"))
    first_month = MonthField(label=_("自"))
    months = forms.IntegerField(label=_("月数"), min_value=1, max_value=36, initial=3)
    reason = forms.CharField(
        label=_("事由"), max_length=200, help_text=_("如病假、产假、调离。请不要填写病情。")
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.pk): one for one in people}
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, one.name) for key, one in self.known.items()]


class ReasonForm(forms.Form):
    """A step with its reason."""

    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
