"""Forms of the people wing. They read what was typed; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.errors import DuikouError
from duikou.core.models import User
from duikou.core.roles import roles
from duikou.core.scope import Actor
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.people import queries
from duikou.wings.people.actions import PersonEntry
from duikou.wings.people.models import Person


def tell(form: forms.Form, error: DuikouError) -> None:
    """Show what an action refused: at the fields that it names, else on top of the form."""
    placed = False
    for name, messages in error.fields.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)
            placed = True
    if not placed:
        form.add_error(None, str(error.message))


def _day(label: object, required: bool = False, help_text: object = "") -> forms.DateField:
    return forms.DateField(
        label=label,  # type: ignore[arg-type]
        required=required,
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("应为日期，写作 2014-03-01。")},
    )


class PersonForm(forms.Form):
    """One person of one hospital."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    title = forms.CharField(
        label=gettext_lazy("职称"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("如 主任医师、副主任护师。"),
        widget=forms.TextInput(attrs={"list": "dk-titles"}),
    )
    post = forms.CharField(
        label=gettext_lazy("职务"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("如 院长、科室主任、联络员。"),
        widget=forms.TextInput(attrs={"list": "dk-posts"}),
    )
    department: forms.ModelChoiceField[Department] = forms.ModelChoiceField(
        label=gettext_lazy("科室"), queryset=None, required=False, empty_label=gettext_lazy("未登记")
    )
    user: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        label=gettext_lazy("对应账号"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("没有账号"),
        help_text=gettext_lazy("只列出在该院有角色的账号。"),
    )
    title_since = _day(gettext_lazy("任职时间"), help_text=gettext_lazy("从哪天起任现职称；核对派驻条件用。"))
    specialty = forms.ChoiceField(label=gettext_lazy("专业"), required=False)
    registered_scope = forms.CharField(
        label=gettext_lazy("执业范围"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("照执业证书填写，如 内科专业。"),
    )
    left_on = _day(gettext_lazy("离任日期"), help_text=gettext_lazy("在职的留空。"))
    version = forms.IntegerField(widget=forms.HiddenInput)  # that the corrector sees

    def __init__(self, *args: Any, hospital: Hospital, person: Person | None = None, **kwargs: Any) -> None:
        if person is not None:
            kwargs["initial"] = {name: getattr(person, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        if person is None:
            del self.fields["version"]
        self.fields["specialty"].choices = [("", "—"), *catalogue.specialty_choices()]  # type: ignore[attr-defined]
        self.fields["department"].queryset = queries.departments_of(hospital)  # type: ignore[attr-defined]
        self.fields["user"].queryset = queries.accounts_at(hospital)  # type: ignore[attr-defined]
        self.fields["user"].label_from_instance = lambda user: f"{user} ({user.username})"  # type: ignore[attr-defined]

    def entry(self) -> PersonEntry:
        """What was entered."""
        return PersonEntry(**{name: self.cleaned_data[name] for name in PersonEntry.__dataclass_fields__})


class PlaceField(forms.CharField):
    """An organisation unit by its name; with script, suggestions appear while typing."""

    def __init__(self, *, suggestions: str, **kwargs: Any) -> None:
        attrs = {"data-suggest": reverse_lazy(suggestions), "autocomplete": "off", "spellcheck": "false"}
        super().__init__(max_length=200, widget=forms.TextInput(attrs=attrs), **kwargs)


class GrantForm(forms.Form):
    """A role at a place for a time."""

    role = forms.ChoiceField(label=gettext_lazy("角色"))
    org = PlaceField(
        label=gettext_lazy("在哪个组织"),
        suggestions="people:suggest_place",
        help_text=gettext_lazy(
            "写名称的一部分再从提示中选择，如 长兴县；同名时在前面加上级，如 杭州市/上城区。"
        ),
    )
    valid_from = _day(gettext_lazy("开始日期"), help_text=gettext_lazy("留空为今天。"))
    valid_to = _day(gettext_lazy("最后一天（含）"), help_text=gettext_lazy("长期有效的留空。"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("请选择"))] + [(r.id, r.label) for r in queries.grantable_roles(actor)]

    def clean(self) -> dict[str, Any]:
        """Find the organisation unit that was named."""
        values = super().clean() or self.cleaned_data
        text, role = values.get("org"), roles().get(values.get("role", ""))
        if text:
            kinds = role.kinds if role else ()
            place = queries.place_named(self.actor, text, kinds=kinds)
            if place is None:
                self.add_error("org", self._nearest(text, kinds))
            else:
                values["org"] = place.unit
        return values

    def _nearest(self, text: str, kinds: tuple[str, ...]) -> str:
        """What could have been meant."""
        near = queries.manageable_places(self.actor, text, kinds=kinds, most=6)
        if near:
            return _("“%(text)s”不止一个，请写明其中之一：%(near)s") % {
                "text": text[:60],
                "near": "；".join(place.label for place in near),
            }
        elsewhere = queries.manageable_places(self.actor, text, most=1)
        if elsewhere:
            return _("“%(place)s”是%(kind)s，所选角色不能授予这一级。") % {
                "place": elsewhere[0].unit.name,
                "kind": elsewhere[0].kind,
            }
        return _("您管理的范围内没有名称含“%(text)s”的组织。") % {"text": text[:60]}


class AccountForm(GrantForm):
    """A new account with its first role."""

    username = forms.CharField(
        label=gettext_lazy("账号名"),
        max_length=60,
        help_text=gettext_lazy("2 至 60 个英文字母、数字、点、横线或下划线。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    display_name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    language = forms.ChoiceField(
        label=gettext_lazy("界面语言"),
        required=False,
        choices=[("", gettext_lazy("跟随浏览器")), *settings.LANGUAGES],
    )
    field_order = ("username", "display_name", "role", "org", "valid_to", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["valid_from"]


class ReasonForm(forms.Form):
    """A reason, kept in the audit trail."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500)


class HospitalForm(forms.Form):
    """The hospital for which a person is entered."""

    hospital = PlaceField(
        label=gettext_lazy("医院"),
        suggestions="people:suggest_hospital",
        help_text=gettext_lazy("写名称的一部分再从提示中选择；旧名、简称也能找到。"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_hospital(self) -> Hospital:
        """The one hospital that was named."""
        text = self.cleaned_data["hospital"].strip()
        found = list(queries.staffed_hospitals(self.actor, text)[:6])
        exact = [hospital for hospital in found if hospital.name == text]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if not found:
            raise forms.ValidationError(_("您管理的范围内没有名称含“%(text)s”的医院。") % {"text": text[:60]})
        raise forms.ValidationError(
            _("“%(text)s”不止一个，请写明其中之一：%(near)s")
            % {"text": text[:60], "near": "；".join(hospital.name for hospital in found)}
        )


class MoveForm(HospitalForm):
    """The hospital to which a person moves, and why."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)
