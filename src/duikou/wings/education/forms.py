"""Forms of the education wing. They read what was typed; the actions decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duikou.wings.education.actions import Asked, Details, Plan
from duikou.wings.education.actions.quizzes import BOUNDS, MOST_OPTIONS
from duikou.wings.education.models import Course, Lesson, Question
from duikou.wings.education.parameters import WATCH_PERCENT
from duikou.wings.education.questions import LETTERS
from duikou.wings.hospitals import catalogue as register
from duikou.wings.patients.forms import CHOOSE, _day, _line, _time
from duikou.wings.telehealth.forms import ReasonForm as ReasonForm
from duikou.wings.telehealth.forms import _long


def title_choices() -> list[tuple[str, str]]:
    """Professional titles that a course can be limited to, by series and rank."""
    found = sorted(register.pack().titles.values(), key=lambda one: (one.series.value, one.rank))
    return [(one.title.zh, register.words(one.title)) for one in found]


def _several(label: object, help_text: object = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,  # type: ignore[arg-type]
        required=False,
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.CheckboxSelectMultiple,
    )


class CourseForm(forms.Form):
    """What a course says of itself."""

    title = _line(_("课程名称"), 120, required=True)
    specialty = forms.ChoiceField(label=_("专业"))
    about = _long(_("简介"), 4000, required=False)
    language = forms.ChoiceField(label=_("授课语言"), choices=Course.Language.choices)
    valid_from = _day(_("学习起"))
    valid_to = _day(_("学习止（含）"))
    audience = forms.ChoiceField(label=_("面向"), choices=Course.Audience.choices)
    hospitals = _several(_("指定医院"), _("只在“本院和指定医院”时有效；列出现在结对的和已经指定的受援医院。"))
    specialties = _several(_("限定专业"), _("不选即不限。"))
    titles = _several(_("限定职称"), _("不选即不限。"))
    watch_percent = forms.IntegerField(
        label=_("观看比例（%）"),
        min_value=1,
        max_value=100,
        help_text=_("录播课看满这个比例才算完成；默认值是本系统的设定，待核定。"),
    )
    hours = forms.DecimalField(label=_("学时"), required=False, max_digits=5, decimal_places=1)
    credit_class = forms.ChoiceField(label=_("学分类别"), required=False, choices=Course.CreditClass.choices)
    credits = forms.DecimalField(
        label=_("学分"),
        required=False,
        max_digits=4,
        decimal_places=1,
        help_text=_("按继续医学教育项目的批文填写；本系统不推算学分。"),
    )
    project_code = _line(_("项目编号"), 40)

    def __init__(self, *args: Any, hospitals: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        specialties = register.specialty_choices()
        self._set("specialty", [*CHOOSE, *specialties])
        self._set("specialties", specialties)
        self._set("titles", title_choices())
        self._set("hospitals", [(str(pk), name) for pk, name in hospitals])
        self.fields["watch_percent"].initial = WATCH_PERCENT
        self.fields["audience"].initial = Course.Audience.PAIRS  # what remote education is for

    def _set(self, name: str, choices: Any) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def details(self, hospitals: Any) -> Details:
        """What was typed, for the action; `hospitals` finds those that were chosen."""
        given = {name: self.cleaned_data[name] for name in CourseForm.base_fields}
        given["hospitals"] = hospitals(int(key) for key in given["hospitals"])
        return Details(**given)


class NewCourseForm(CourseForm):
    """A new course, with who offers it; the key makes a form that is sent twice one row."""

    place = forms.ChoiceField(label=_("开课单位"))
    key = forms.RegexField(r"^[0-9A-Za-z_-]{1,40}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, places: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set("place", list(places))
        self.order_fields(["place", *CourseForm.base_fields])


class LessonForm(forms.Form):
    """One lesson. What does not belong to its kind is left out."""

    kind = forms.ChoiceField(label=_("形式"), choices=Lesson.Kind.choices)
    title = _line(_("课时名称"), 120, required=True)
    about = _long(_("内容"), 4000, required=False, rows=3)
    required = forms.BooleanField(label=_("必修"), required=False, initial=True)
    requires = _several(_("先修课时"), _("须先完成这些课时。"))
    speaker = forms.TypedChoiceField(label=_("授课人"), coerce=int, empty_value=None, required=False)
    speaker_name = _line(_("授课人姓名"), 60, help_text=_("外请专家填姓名；选了本院人员可不填。"))
    begins_at = _time(_("开始"), _("直播课、手术示教、教学查房须填时间和地点。"))
    ends_at = _time(_("结束"))
    place = _line(_("地点"), 120)
    sign_from = _time(_("签到起"), _("不填即开始前 15 分钟。"))
    sign_until = _time(_("签到止"), _("不填即结束时。"))
    posting = forms.TypedChoiceField(
        label=_("关联派驻"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("手术示教、教学查房可关联派驻人员。"),
    )
    patient = _line(
        _("涉及的患者编号"),
        10,
        help_text=_("须已登记患者对“教学使用”的同意（规则 SEC-04）；学员看不到患者。"),
    )
    minutes = forms.IntegerField(
        label=_("最少阅读分钟数"), min_value=0, max_value=600, required=False, help_text=_("只用于课件。")
    )

    def __init__(
        self,
        *args: Any,
        earlier: Iterable[Lesson],
        speakers: Iterable[Any],
        postings: Iterable[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in ("begins_at", "ends_at", "sign_from", "sign_until"):
            self.fields[name].required = False
        none = [("", _("无"))]
        self.fields["requires"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.position}. {one.title}") for one in earlier
        ]
        self.fields["speaker"].choices = [  # type: ignore[attr-defined]
            *none,
            *((one.pk, f"{one.name} · {register.title_label(one.title)}") for one in speakers),
        ]
        self.fields["posting"].choices = [*none, *postings]  # type: ignore[attr-defined]

    def plan(self, *, requires: Any, speaker: Any, posting: Any, patient: Any) -> Plan:
        """What was typed, for the action, with the rows that were found for its keys."""
        plain = (
            "kind", "title", "about", "required", "speaker_name", "begins_at", "ends_at", "place",
            "sign_from", "sign_until",
        )  # fmt: skip
        given = {name: self.cleaned_data[name] for name in plain}
        return Plan(
            **given,
            minutes=self.cleaned_data["minutes"] or 0,
            requires=requires,
            speaker=speaker,
            posting=posting,
            patient=patient,
        )


class SlidesForm(forms.Form):
    """The PDF of a lesson's slides."""

    file = forms.FileField(
        label=_("课件（PDF）"), help_text=_("不超过 20 MB；不收含脚本、附件或密码的 PDF。请遮去患者信息。")
    )


class VideoForm(forms.Form):
    """Which recording or broadcast a lesson shows."""

    video = forms.ChoiceField(label=_("录像或直播"))

    def __init__(self, *args: Any, found: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["video"].choices = list(found)  # type: ignore[attr-defined]


class QuizForm(forms.Form):
    """Rules of a quiz."""

    draw = forms.IntegerField(label=_("抽题数"), min_value=BOUNDS["draw"][0], max_value=BOUNDS["draw"][1])
    attempts = forms.IntegerField(
        label=_("可考次数"), min_value=BOUNDS["attempts"][0], max_value=BOUNDS["attempts"][1]
    )
    minutes = forms.IntegerField(
        label=_("限时（分钟）"), min_value=BOUNDS["minutes"][0], max_value=BOUNDS["minutes"][1]
    )
    pass_percent = forms.IntegerField(label=_("合格分（%）"), min_value=1, max_value=100)


class QuestionForm(forms.Form):
    """A question of the bank."""

    kind = forms.ChoiceField(label=_("题型"), choices=Question.Kind.choices)
    text = _long(_("题目"), 1000, rows=2)
    options = _long(
        _("选项"),
        3000,
        required=False,
        rows=5,
        help_text=_("一行一个，2 至 8 个；判断题不用填，A 为正确、B 为错误。"),
    )
    right = _line(_("答案"), 20, required=True, help_text=_("正确选项的字母，如 A 或 ACD。"))
    explanation = _long(_("解析"), 1000, required=False, rows=2)

    def clean_right(self) -> list[int]:
        """Letters into places."""
        letters = [one for one in self.cleaned_data["right"].upper() if one not in " ,，、"]
        if any(one not in LETTERS[:MOST_OPTIONS] for one in letters):
            raise forms.ValidationError(_("请填写选项字母，如 A 或 ACD。"))
        return [LETTERS.index(one) for one in letters]

    def asked(self) -> Asked:
        """What was typed, for the action."""
        data = self.cleaned_data
        options = [line.strip() for line in data["options"].splitlines() if line.strip()]
        return Asked(data["kind"], data["text"], options, data["right"], data["explanation"])


class WorkbookForm(forms.Form):
    """A workbook of questions."""

    file = forms.FileField(
        label=_("试题表（.xlsx）"), help_text=_("全部正确才导入；有误时可下载标出问题的表。")
    )


class StaffForm(forms.Form):
    """Which of the own staff are put into a course."""

    persons = forms.TypedMultipleChoiceField(label=_("人员"), coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, found: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["persons"].choices = [  # type: ignore[attr-defined]
            (
                one.pk,
                " · ".join(
                    filter(
                        None,
                        (
                            one.name,
                            register.title_label(one.title),
                            one.department.name if one.department else "",
                        ),
                    )
                ),
            )
            for one in found
        ]


class CodeForm(forms.Form):
    """The code of sign-in."""

    code = forms.CharField(
        label=_("签到码"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        help_text=_("授课人现在显示的 6 位数字。"),
    )


class PlainForm(forms.Form):
    """Nothing to fill in."""
