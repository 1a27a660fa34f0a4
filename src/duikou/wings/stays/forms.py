"""Fields and forms of the acts on stays. They read what was typed; the actions decide."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


def day(label: object, *, required: bool = True, help_text: object = "") -> forms.DateField:
    """A day."""
    return forms.DateField(
        label=label,  # type: ignore[arg-type]
        required=required,
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("应为日期，写作 2014-03-01。")},
    )


def reason(label: object = _("理由"), *, required: bool = True, most: int = 500) -> forms.CharField:
    """Why."""
    return forms.CharField(label=label, max_length=most, required=required)  # type: ignore[arg-type]


class ReasonForm(forms.Form):
    """Why."""

    reason = reason()


class AwayForm(forms.Form):
    """Days away."""

    first_day = day(_("第一天"))
    last_day = day(_("最后一天"))
    reason = reason(_("事由"), most=200)


class ReturnForm(forms.Form):
    """Back earlier than noted; a kind of stay says what the day is."""

    on = day(_("日期"))
    reason = reason(most=200)


class AppraiseForm(forms.Form):
    """The appraisal of a year."""

    year = forms.IntegerField(label=_("年度"), min_value=1990, max_value=2100)
    passed = forms.TypedChoiceField(
        label=_("结果"),
        choices=(("yes", _("合格")), ("no", _("不合格"))),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    on = day(_("考核日期"))
    remark = forms.CharField(label=_("评语"), max_length=500, required=False)
    reason = reason(_("更正理由"), required=False)
