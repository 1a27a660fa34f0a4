"""Forms of the hospitals wing: they check the shape; the rules are in the actions."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.scope import Actor
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.actions import ALIAS_KINDS, KEPT_FACTS, MERGERS, Facts
from duikou.wings.hospitals.models import Department, Hospital, HospitalName, Mark
from duikou.wings.places.models import Division
from duikou.wings.places.queries import county_unit, divisions_on

REASON = _("写入审计日志，供日后核查。")


def day_field(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    """A date with the browser's own picker."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def reason_field(*, required: bool = True) -> forms.CharField:
    """Why something is done."""
    return forms.CharField(label=_("理由"), max_length=500, required=required, help_text=REASON)


def confirm_field() -> forms.BooleanField:
    """Consent to a name that another hospital bears."""
    return forms.BooleanField(label=_("已核实：与同名的另一家不是同一医院"), required=False)


class ActForm(forms.Form):
    """A form about one entry; it carries the version that the person sees."""

    version = forms.IntegerField(widget=forms.HiddenInput)


def county_choices(
    actor: Actor, permission: str = "hospital.keep"
) -> list[tuple[str, list[tuple[int, str]]]]:
    """Today's county-level units in which the actor may keep hospitals, grouped by city."""
    units = [
        unit
        for unit in divisions_on(timezone.localdate()).select_related("parent", "org")
        if actor.may(permission, unit.org.path or "")
    ]
    return [
        (str(city.label), [(unit.pk, unit.label) for unit in found])
        for city, found in (
            (city, list(found)) for city, found in groupby(units, key=lambda unit: unit.parent)
        )
        if city is not None
    ]


class DivisionMixin(forms.Form):
    """A form with a county-level unit of today to choose."""

    division = forms.TypedChoiceField(label=_("所在县（市、区）"), coerce=int, empty_value=None)

    def offer_counties(self, actor: Actor) -> None:
        """Fill in what may be chosen."""
        self.fields["division"].choices = [("", "————"), *county_choices(actor)]  # type: ignore[attr-defined]

    def chosen_division(self) -> Division:
        """The division behind the choice."""
        return county_unit(self.cleaned_data["division"])


class FactsMixin(forms.Form):
    """The undated facts of an entry."""

    kind = forms.ChoiceField(label=_("类别"), choices=Hospital.Kind.choices)
    field = forms.ChoiceField(label=_("专科方向"), choices=Hospital.Field.choices, required=False)
    tier = forms.ChoiceField(
        label=_("隶属层级"),
        choices=Hospital.Tier.choices,
        help_text=_("决定由谁维护：省级与军队医院归省，市级归市，其余归县。"),
    )
    ownership = forms.ChoiceField(label=_("举办主体"), choices=Hospital.Ownership.choices)
    role = forms.ChoiceField(label=_("登记身份"), choices=Hospital.Role.choices, required=False)
    main_county_hospital = forms.BooleanField(label=_("县级主要综合医院"), required=False)
    development_zone = forms.BooleanField(label=_("开发区医院"), required=False)
    lon = forms.FloatField(label=_("经度"), required=False, help_text=_("WGS84，十进制度。"))
    lat = forms.FloatField(label=_("纬度"), required=False)
    coord_level = forms.ChoiceField(label=_("坐标精度"), choices=Hospital.CoordLevel.choices, required=False)
    note = forms.CharField(label=_("备注"), max_length=300, required=False)

    def facts(self) -> Facts:
        """The facts as the actions take them."""
        return Facts(**{column: self.cleaned_data[column] for column in Facts.__dataclass_fields__})


class EditForm(ActForm, FactsMixin):
    """Change of facts."""

    reason = reason_field(required=False)

    def __init__(self, *args: Any, hospital: Hospital, keeps: bool, **kwargs: Any) -> None:
        """`keeps`: the person may change the facts that findings depend on; else they stay as they are."""
        super().__init__(*args, **kwargs)
        self.hospital = hospital
        if not keeps:
            for column in KEPT_FACTS:
                del self.fields[column]

    def facts(self) -> Facts:
        """The facts as the actions take them: those not offered stay."""
        sent = {
            name: value for name, value in self.cleaned_data.items() if name in Facts.__dataclass_fields__
        }
        return replace(Facts.of(self.hospital), **sent)


class RegisterForm(DivisionMixin, FactsMixin):
    """A new entry."""

    name = forms.CharField(label=_("名称"), max_length=200)
    level = forms.ChoiceField(label=_("等级"), choices=Hospital.Level.choices, required=False)
    reason = reason_field(required=False)
    confirmed = confirm_field()


class RenameForm(ActForm):
    """A new official name from a day on."""

    name = forms.CharField(label=_("新名称"), max_length=200)
    on = day_field(_("启用日期"), hint=_("此前仍按原名称查询和识别。"))
    reason = reason_field()
    confirmed = confirm_field()


class AliasForm(ActForm):
    """Another name."""

    name = forms.CharField(label=_("别名"), max_length=200)
    kind = forms.ChoiceField(label=_("类型"), choices=ALIAS_KINDS)
    valid_from = day_field(_("起"), required=False)
    valid_to = day_field(_("止（不含）"), required=False)
    note = forms.CharField(label=_("说明"), max_length=300, required=False)
    confirmed = confirm_field()


class ReasonForm(ActForm):
    """Only a reason: removing an alias, reopening, undoing."""

    reason = reason_field()


class DayReasonForm(ActForm):
    """A day and a reason: closing."""

    on = day_field(_("日期"))
    reason = reason_field()


class DepartmentNameForm(ActForm):
    """Another name of a department."""

    name = forms.CharField(label=_("科室名称"), max_length=120)
    reason = reason_field()


class LevelForm(ActForm):
    """A grade."""

    level = forms.ChoiceField(label=_("等级"), choices=[c for c in Hospital.Level.choices if c[0]])
    on = day_field(_("生效日期"), required=False, hint=_("等级有变时填写；只是核实或改正现有等级时留空。"))
    mark = forms.ChoiceField(label=_("依据"), choices=Mark.choices, initial=Mark.FOUND)
    source = forms.CharField(
        label=_("来源"), max_length=200, required=False, help_text=_("文件名称、文号或网页名称。")
    )
    reason = reason_field(required=False)


class MoveForm(ActForm, DivisionMixin):
    """Another county."""

    on = day_field(_("迁入日期"))
    reason = reason_field()


class DepartmentForm(ActForm):
    """A department."""

    specialty = forms.ChoiceField(label=_("专业"), choices=catalogue.specialty_choices)
    name = forms.CharField(
        label=_("科室名称"),
        max_length=60,
        required=False,
        help_text=_("留空则用专业名称；其他专业必须填写。"),
    )
    state = forms.ChoiceField(label=_("状况"), choices=Department.State.choices)
    opened_on = day_field(_("设立日期"), required=False)


NOT_JUDGED = "open"


class StatesForm(ActForm):
    """The gap matrix: one choice per named specialty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(NOT_JUDGED, _("未评定")), *Department.State.choices]
        for specialty in catalogue.specialties():
            self.fields[specialty.id] = forms.ChoiceField(
                label=catalogue.words(specialty.title), choices=choices
            )

    def states(self) -> dict[str, str]:
        """The states chosen, without those left open."""
        ids = [specialty.id for specialty in catalogue.specialties()]
        return {each: self.cleaned_data[each] for each in ids if self.cleaned_data[each] != NOT_JUDGED}


class MergeForm(ActForm):
    """Confirmation of a merger; both versions as seen in the comparison."""

    target_version = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("合并性质"),
        choices=MERGERS,
        widget=forms.RadioSelect,
        initial="duplicate",
        help_text=_("机构合并自所填日期起生效；重复登记视为从来就是同一家，对任何日期有效。"),
    )
    on = day_field(_("日期"))
    document = forms.CharField(label=_("依据文件"), max_length=200, required=False)
    reason = reason_field()


class SplitForm(ActForm, DivisionMixin, FactsMixin):
    """A hospital that becomes independent."""

    name = forms.CharField(label=_("新医院名称"), max_length=200)
    on = day_field(_("独立日期"))
    names = forms.TypedMultipleChoiceField(
        label=_("随之带走的别名"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    document = forms.CharField(label=_("依据文件"), max_length=200, required=False)
    reason = reason_field()
    confirmed = confirm_field()

    def offer_names(self, hospital: Hospital) -> None:
        """Fill in the aliases that may be taken along."""
        aliases = hospital.names.exclude(kind=HospitalName.Kind.OFFICIAL)
        self.fields["names"].choices = [  # type: ignore[attr-defined]
            (alias.pk, f"{alias.name}（{alias.get_kind_display()}）") for alias in aliases
        ]


class MatchForm(forms.Form):
    """The decision that a printed name means a registered hospital."""

    hospital = forms.TypedChoiceField(label=_("匹配到"), coerce=int, widget=forms.RadioSelect)
    remember_as = forms.ChoiceField(
        label=_("记为别名，下次自动识别"),
        choices=[("", _("不记")), *ALIAS_KINDS],
        required=False,
        help_text=_("须有维护该医院身份信息的权限。"),
    )
    reason = reason_field(required=False)


class DecisionForm(forms.Form):
    """A reason alone, for decisions on reviews."""

    reason = reason_field()
