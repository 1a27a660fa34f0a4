"""Forms of the plans pages. They check shape only; rules are the actions' business."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from duikou.core.faces import words
from duikou.policy.vocabulary import Unit
from duikou.wings.hospitals.catalogue import OTHER
from duikou.wings.hospitals.models import Mark
from duikou.wings.pairings.forms import Day
from duikou.wings.people.models import Person
from duikou.wings.plans.demands import Demands
from duikou.wings.plans.models.tasks import BOTH, MOST_AMOUNT, OWNERS, PERIODS
from duikou.wings.plans.values import UNITS, TaskValues


class Lines(forms.CharField):
    """A text of several lines."""

    widget = forms.Textarea(attrs={"rows": 3})


class AimsForm(forms.Form):
    """What a plan is for; a year's list has its year as its term and no direction."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    goal = Lines(label=_("总目标"), max_length=1000, required=False)
    direction = Lines(label=_("重点专科方向"), max_length=1000, required=False)
    start = Day(label=_("起"))
    end = Day(label=_("止（含）"))

    def __init__(self, *args: Any, of_year: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("direction", "start", "end") if of_year else ():
            del self.fields[name]


class DevelopmentForm(forms.Form):
    """A recipient's own plan."""

    recipient = forms.ChoiceField(label=_("受援医院"))
    start = Day(label=_("起"))
    end = Day(label=_("止（含）"))

    def __init__(self, *args: Any, recipients: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recipient"].choices = recipients  # type: ignore[attr-defined]


class FactorForm(forms.Form):
    """One of the conditions that a plan stands on."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    factor = forms.ChoiceField(label=_("因素"))
    value = Lines(label=_("情况"), max_length=1000)
    source = forms.CharField(
        label=_("来源"), max_length=200, help_text=_("例如《2013 年统计公报》、县卫生局年报。")
    )
    year = forms.IntegerField(label=_("年份"), min_value=1949, max_value=2099)
    mark = forms.ChoiceField(label=_("依据"), choices=Mark.choices, initial=Mark.ENTERED)

    def __init__(self, *args: Any, known: Demands, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["factor"].choices = [(one, words(known.word(one))) for one in known.factors]  # type: ignore[attr-defined]


class DepartmentForm(forms.Form):
    """A department of one's own choice."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    specialty = forms.ChoiceField(label=_("专科"))
    reason = forms.CharField(label=_("理由"), max_length=300)

    def __init__(self, *args: Any, known: Demands, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialty"].choices = _specialties(known)[:-1]  # type: ignore[attr-defined]


def _specialties(known: Demands) -> list[tuple[str, str]]:
    named = sorted(known.pack.specialties.values(), key=lambda one: one.order)
    return [(one.id, words(one.title)) for one in named] + [(OTHER, words(known.specialty(OTHER)))]


def _optional(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [("", "—"), *choices]


class TaskForm(forms.Form):
    """A task of a year."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("任务"), max_length=120)
    one = forms.ChoiceField(
        label=_("“四个一”"), required=False, help_text=_("每家受援医院每年每类恰好一项；其他任务留空。")
    )
    content = Lines(label=_("内容"), max_length=1000, required=False)
    specialty = forms.ChoiceField(label=_("专科"), required=False)
    technique = forms.ChoiceField(label=_("技术"), required=False)
    focus = forms.ChoiceField(label=_("分解类别"), required=False)
    baseline = forms.CharField(
        label=_("现状基线"), max_length=300, required=False, help_text=_("现在做到什么程度。")
    )
    target = forms.CharField(
        label=_("目标"), max_length=300, required=False, help_text=_("到期应做到什么程度，怎样算完成。")
    )
    unit = forms.ChoiceField(label=_("计量单位"), required=False)
    amount = forms.IntegerField(
        label=_("目标数"),
        required=False,
        min_value=1,
        max_value=MOST_AMOUNT,
        help_text=_("有单位而不填数：数量待双方商定。"),
    )
    period = forms.ChoiceField(label=_("频次"), choices=PERIODS)
    evidence = forms.MultipleChoiceField(
        label=_("所需佐证"), required=False, widget=forms.CheckboxSelectMultiple
    )
    owner = forms.ChoiceField(label=_("责任方"), choices=(*OWNERS, BOTH))
    due = Day(label=_("期限"))

    def __init__(self, *args: Any, known: Demands, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pack = known.pack
        for name, choices in {
            "one": _optional((one, words(known.word(one))) for one in known.ones),
            "focus": _optional((one, words(known.word(one))) for one in known.focuses),
            "specialty": _optional(_specialties(known)),
            "technique": _optional((key, words(one.title)) for key, one in pack.techniques.items()),
            "unit": _optional((one, words(Unit(one).label)) for one in UNITS),
            "evidence": [(key, words(one.title)) for key, one in pack.evidence_kinds.items()],
        }.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def values(self) -> TaskValues:
        """What was filled in."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return TaskValues(**{**data, "evidence": tuple(data["evidence"])})


class ShareForm(forms.Form):
    """A part of a task for one of the own people."""

    side = forms.ChoiceField(label=_("所属方"))
    department = forms.ChoiceField(label=_("科室"))
    person = forms.TypedChoiceField(label=_("责任人"), coerce=int)
    part = forms.CharField(label=_("分工"), max_length=300)

    def __init__(
        self,
        *args: Any,
        known: Demands,
        sides: list[tuple[str, str]],
        people: list[Person],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["side"].choices = sides  # type: ignore[attr-defined]
        self.fields["department"].choices = _specialties(known)  # type: ignore[attr-defined]
        self.fields["person"].choices = [(one.pk, _person(one)) for one in people]  # type: ignore[attr-defined]


def _person(one: Person) -> str:
    post = one.post or one.title
    return _now("%(name)s（%(post)s）") % {"name": one.name, "post": post} if post else one.name


class UploadForm(forms.Form):
    """A workbook of tasks."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("任务工作簿"),
        max_length=200,
        help_text=_(".xlsx、.xls 或 .ods，不超过 4 MB；一行一项任务，列见模板。有一行不对，就一项也不导入。"),
    )


def of_task(task: Any) -> dict[str, Any]:
    """What a form for a task begins with."""
    names = [name for name in TaskForm.base_fields if name != "version"]
    return {"version": task.version, **{name: getattr(task, name) for name in names}}
