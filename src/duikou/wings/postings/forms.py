"""Forms of the postings wing. They read what was typed; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duikou.policy import Pack
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Department
from duikou.wings.people.models import Person
from duikou.wings.postings.models import ConductRecord, Posting
from duikou.wings.postings.queries import desk
from duikou.wings.stays import forms as stays
from duikou.wings.stays.forms import ReasonForm, day, reason


def _long(label: object, most: int = 2000, help_text: object = "") -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        max_length=most,
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class OfficeField(forms.ChoiceField):
    """Doctor, or an office at the recipient."""

    def __init__(self) -> None:
        super().__init__(
            label=_("以什么身份"),
            required=False,
            choices=Posting.Office.choices,
            help_text=_("派驻管理人员请选择挂职职务（规则 PER-03、PER-04）。"),
        )


def _departments(hospital: int) -> forms.ModelChoiceField[Department]:
    return forms.ModelChoiceField(
        label=_("派驻科室"),
        queryset=desk.open_departments(hospital),
        required=False,
        empty_label=_("全院"),
    )


class AskForm(forms.Form):
    """A request for staff."""

    specialty = forms.ChoiceField(label=_("专业"))
    title = forms.ChoiceField(label=_("最低职称"))
    office = OfficeField()
    people = forms.IntegerField(label=_("人数"), initial=1, min_value=1, max_value=50)
    months = forms.IntegerField(label=_("月数"), initial=6, min_value=1, max_value=60)
    wanted_from = day(_("希望到岗"))
    purpose = _long(_("目的"), 500, _("要帮助科室做什么，如带教、开展新技术。"))

    def __init__(self, *args: Any, pack: Pack, recipient: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialty"].choices = catalogue.specialty_choices()  # type: ignore[attr-defined]
        named = [str(name) for name in pack.rule("PER-01").parameters["minimum_titles"].value or ()]  # type: ignore[union-attr]
        titles = sorted(pack.titles.values(), key=lambda one: (one.series.value != "physician", -one.rank))
        offered = {name: catalogue.words(pack.word(name)) for name in named}
        offered |= {one.title.zh: catalogue.words(one.title) for one in titles if one.rank >= 2}
        self.fields["title"].choices = list(offered.items())  # type: ignore[attr-defined]
        self.fields["department"] = _departments(recipient)
        self.order_fields(
            ["specialty", "department", "title", "office", "people", "months", "wanted_from", "purpose"]
        )


class PairingForm(forms.Form):
    """Which pairing a request belongs to, where the person acts for several."""

    pairing = forms.ChoiceField(label=pgettext_lazy("单数", "结对"))

    def __init__(self, *args: Any, pairings: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pairing"].choices = pairings  # type: ignore[attr-defined]


class NominateForm(forms.Form):
    """Who is put forward, for when."""

    person: forms.ModelChoiceField[Person] = forms.ModelChoiceField(
        label=_("派驻人员"), queryset=None, empty_label=_("请选择")
    )
    planned_from = day(_("计划到岗"))
    planned_to = day(_("计划最后一天"))
    specialty = forms.ChoiceField(label=_("专业"))
    office = OfficeField()

    def __init__(self, *args: Any, staff: Any, recipient: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        person.queryset = staff  # type: ignore[attr-defined]
        person.label_from_instance = lambda one: f"{one.name} {catalogue.title_label(one.title)}".strip()  # type: ignore[attr-defined]
        self.fields["specialty"].choices = catalogue.specialty_choices()  # type: ignore[attr-defined]
        self.fields["host_department"] = _departments(recipient)


class ApproveForm(forms.Form):
    """Where the person will work."""

    def __init__(self, *args: Any, recipient: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host_department"] = _departments(recipient)


class RefuseForm(ReasonForm):
    """Why not, and by which rule."""

    rule = forms.ChoiceField(label=_("所依规则"), required=False)

    def __init__(self, *args: Any, pack: Pack, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = [rule for rule in pack.rules.values() if rule.id.startswith("PER-") or rule.id == "AGR-09"]
        self.fields["rule"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((rule.id, f"{rule.id} {catalogue.words(rule.title)}") for rule in rules),
        ]


class ArriveForm(forms.Form):
    """The day of arrival."""

    on = day(_("到岗"))


class ReturnForm(stays.ReturnForm):
    """Back earlier than noted."""

    on = day(_("返岗"), help_text=_("重新在岗的第一天。"))


class EndForm(forms.Form):
    """The last day on post."""

    on = day(_("最后在岗日"))
    reason = reason(_("提前结束的理由"), required=False)


class DaysForm(forms.Form):
    """Real days put right."""

    arrived_on = day(_("到岗"))
    left_on = day(_("最后在岗日"), required=False, help_text=_("在岗的留空。"))
    reason = reason()


class ConductForm(forms.Form):
    """A conduct notice or a dispute."""

    kind = forms.ChoiceField(label=_("类别"), choices=ConductRecord.Kind.choices, widget=forms.RadioSelect)
    happened_on = day(_("发生日期"))
    text = _long(_("情况"), help_text=_("提交后不能修改，只能答复；不得写患者信息。"))


class AnswerForm(forms.Form):
    """An answer of a side."""

    side = forms.ChoiceField(label=_("哪一方"))
    text = _long(_("答复"))

    def __init__(self, *args: Any, sides: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["side"].choices = sides  # type: ignore[attr-defined]


class SettleForm(forms.Form):
    """How a dispute was settled."""

    on = day(_("了结日期"))
    outcome = _long(_("处理结果"), 500)
