"""Forms of the training wing. They read what was typed; the actions decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duikou.core.scope import Actor
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.stays import forms as stays
from duikou.wings.stays.forms import day, reason
from duikou.wings.training.models import Appraisal, LogEntry, Place, Traineeship, TutorTeam
from duikou.wings.training.queries import choices

EDIT = "training.edit"


CHOOSE = _("请选择")
SEVERAL = _("按住 Ctrl（Mac 为 ⌘）可选多人。")


def _specialty(otherwise: object) -> forms.ChoiceField:
    """A specialty; `otherwise` says which one is taken where none is chosen."""
    return forms.ChoiceField(
        label=_("专业"),
        required=False,
        choices=lambda: [("", otherwise), *catalogue.specialty_choices()],
    )


def _words(person: Person) -> str:
    """Name and title, as lists of people name them."""
    return f"{person.name} {catalogue.title_label(person.title)}".strip()


class PersonField(forms.ModelChoiceField[Person]):
    """One person."""

    def label_from_instance(self, obj: Person) -> str:
        """With the title."""
        return _words(obj)


class PersonsField(forms.ModelMultipleChoiceField[Person]):
    """Several persons."""

    def label_from_instance(self, obj: Person) -> str:
        """With the title."""
        return _words(obj)


def _pairing(pairings: QuerySet[Pairing]) -> forms.ModelChoiceField[Pairing]:
    """Which pairing; the only one there is comes chosen."""
    known = list(pairings[:2])
    return forms.ModelChoiceField(
        label=pgettext_lazy("单数", "结对"),
        queryset=pairings,
        empty_label=CHOOSE,
        initial=known[0] if len(known) == 1 else None,
    )


def _departments(hospitals: Iterable[Hospital | int]) -> forms.ModelChoiceField[Department]:
    return forms.ModelChoiceField(
        label=_("进修科室"),
        queryset=choices.open_departments(hospitals),
        required=False,
        empty_label=_("全院"),
    )


class OfferForm(forms.Form):
    """Places of a department for a time."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hospitals = choices.own_hospitals(actor)
        self.fields["supporter"] = forms.ModelChoiceField(
            label=_("医院"), queryset=hospitals, initial=hospitals.first(), empty_label=None
        )
        self.fields["department"] = _departments(hospitals)
        self.fields["specialty"] = _specialty(_("按科室的专业"))
        self.fields["first_day"] = day(_("第一天"))
        self.fields["last_day"] = day(_("最后一天"))
        self.fields["places"] = forms.IntegerField(
            label=_("同时接收人数"), initial=1, min_value=1, max_value=200
        )
        self.fields["free"] = forms.BooleanField(label=_("免费"), required=False)
        self.fields["note"] = forms.CharField(label=_("说明"), max_length=300, required=False)


class ApplyForm(forms.Form):
    """One person, or a whole team together, for a pairing or for an offered place."""

    def __init__(self, *args: Any, actor: Actor, place: Place | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hospitals = choices.own_hospitals(actor)
        if place is None:
            self.fields["pairing"] = _pairing(choices.own_pairings(actor, "recipient_path"))
        self.fields["people"] = PersonsField(
            label=_("进修人员"),
            queryset=choices.present_persons(hospitals),
            help_text=_("按住 Ctrl（Mac 为 ⌘）可选多人：整队申请（规则 TRN-03），要么都成，要么都不成。"),
        )
        self.fields["route"] = forms.ChoiceField(label=_("途径"), choices=Traineeship.Route.choices)
        self.fields["post"] = forms.CharField(
            label=_("挂职岗位"),
            max_length=60,
            required=False,
            help_text=_("只有挂职锻炼要填（规则 PER-04）。"),
        )
        if place is None:
            self.fields["specialty"] = _specialty(_("按本人的专业"))
        self.fields["planned_from"] = day(_("计划开始"))
        self.fields["planned_to"] = day(_("计划最后一天"))
        self.fields["purpose"] = forms.CharField(label=_("进修目标"), max_length=500, required=False)
        if place is None:
            self.fields["free"] = forms.BooleanField(label=_("免费"), required=False)


class AcceptForm(forms.Form):
    """Department and tutors, and why somebody is taken out of turn."""

    reason = forms.CharField(
        label=_("理由"), max_length=500, required=False, help_text=_("有人排在前面时须填写。")
    )

    def __init__(self, *args: Any, one: Traineeship, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host_department"] = _departments([one.supporter_id])
        self.fields["host_department"].initial = one.host_department_id
        self.fields["team"] = _team(one, required=False)
        self.order_fields(["host_department", "team", "reason"])


def _team(one: Traineeship, *, required: bool = True) -> forms.ModelChoiceField[TutorTeam]:
    return forms.ModelChoiceField(
        label=_("导师团队"),
        queryset=choices.open_teams(one),
        required=required,
        empty_label=CHOOSE,
    )


class AssignForm(forms.Form):
    """Which team of tutors."""

    def __init__(self, *args: Any, one: Traineeship, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"] = _team(one)


class DayForm(forms.Form):
    """A day."""

    on = day(_("日期"))


class EndForm(forms.Form):
    """A last day, with the reason where it comes early."""

    on = day(_("最后一天"))
    reason = reason(required=False)


class CloseForm(forms.Form):
    """A day and its reason."""

    on = day(_("日期"))
    reason = reason()


class ReturnForm(stays.ReturnForm):
    """Back earlier than noted."""

    on = day(_("返回"), help_text=_("重新进修的第一天。"))


class CorrectForm(forms.Form):
    """The right days."""

    arrived_on = day(_("报到"))
    left_on = day(_("最后一天"), required=False)
    reason = reason()


class AppraiseForm(stays.AppraiseForm):
    """The appraisal of a year, at half-time or the final one."""

    kind = forms.ChoiceField(label=_("类别"), choices=Appraisal.Kind.choices, initial=Appraisal.Kind.FINAL)
    field_order = ("kind",)


class RotationForm(forms.Form):
    """Some weeks in a department."""

    def __init__(self, *args: Any, one: Traineeship, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"] = _departments([one.supporter_id])
        self.fields["department"].required = True
        self.fields["tutor"] = PersonField(
            label=_("带教老师"),
            queryset=choices.present_persons([one.supporter_id]),
            empty_label=CHOOSE,
            required=False,
        )
        self.fields["first_day"] = day(_("第一天"))
        self.fields["last_day"] = day(_("最后一天"))
        self.fields["aim"] = forms.CharField(label=_("轮转目标"), max_length=300, required=False)


class TeamForm(forms.Form):
    """Leader and tutors for one recipient."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pairings = choices.own_pairings(actor, "supporter_path")
        persons = choices.present_persons(pairings.values_list("supporter", flat=True))
        self.fields["pairing"] = _pairing(pairings)
        self.fields["specialty"] = _specialty(_("按组长的专业"))
        self.fields["leader"] = PersonField(label=_("组长"), queryset=persons, empty_label=CHOOSE)
        self.fields["tutors"] = PersonsField(label=_("导师"), queryset=persons, help_text=SEVERAL)
        self.fields["on"] = day(_("组建日期"))
        self.fields["aim"] = forms.CharField(label=_("带教目标"), max_length=300, required=False)


class EntryForm(forms.Form):
    """What was done on a day: three taps on a phone."""

    on = day(_("日期"))
    kind = forms.ChoiceField(label=_("内容"), choices=LogEntry.Kind.choices, widget=forms.RadioSelect)
    number = forms.IntegerField(label=_("次数"), initial=1, min_value=1, max_value=200)
    note = forms.CharField(label=_("要点"), max_length=300, required=False, help_text=_("不得填写患者信息。"))


class RewriteForm(forms.Form):
    """A corrected entry."""

    number = forms.IntegerField(label=_("次数"), min_value=1, max_value=200)
    note = forms.CharField(label=_("要点"), max_length=300, required=False)


class SignForm(forms.Form):
    """Why an entry is given back."""

    reason = forms.CharField(
        label=_("退回理由"), max_length=300, required=False, help_text=_("只有退回时填写。")
    )
