"""Lists: courses, one's own learning, who learns, certificates, numbers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duikou.core.faces import badge, row_url
from duikou.core.listing import ChoiceFilter, Column, FlagFilter, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.wings.education.models import Course, Enrolment, Lesson
from duikou.wings.education.queries import counts as numbers
from duikou.wings.education.queries import courses as desk
from duikou.wings.education.queries import learning
from duikou.wings.education.views._common import course_url, credit_words, standing_badge, state_badge
from duikou.wings.education.workflows import COURSE
from duikou.wings.hospitals import catalogue as register


def _demo(row: Any) -> str:
    return _("演示数据") if row.demonstration else ""


def _open_now(rows: Any, value: bool) -> Any:
    today = timezone.localdate()
    running = {"state": Course.State.OPEN, "valid_from__lte": today, "valid_to__gte": today}
    return rows.filter(**running) if value else rows.exclude(**running)


def _courses(key: str, title: Any, empty: Any) -> Listing:
    return Listing(
        key=key,
        title=title,
        default_sort="-valid_from",
        empty=empty,
        columns=(
            Column("title", gettext_lazy("课程名称"), head=True,
                   href=lambda row: row_url("education:course", row.pk), sort=True),
            Column("state", gettext_lazy("状态"), value=lambda row: COURSE.states[row.state].label,
                   html=state_badge, sort=True),
            Column("specialty", gettext_lazy("专业"),
                   value=lambda row: register.specialty_label(row.specialty), sort=True),
            Column("hospital", gettext_lazy("开课医院"), value=lambda row: row.hospital.name,
                   sort=("hospital__name", "pk")),
            Column("department", gettext_lazy("开课科室"),
                   value=lambda row: row.department.name if row.department else "", on_page=False),
            Column("language", gettext_lazy("授课语言"), value=lambda row: row.get_language_display()),
            Column("lessons", gettext_lazy("课时"), value=lambda row: row.lesson_count, numeric=True),
            Column("learners", gettext_lazy("选课人数"), value=lambda row: row.learner_count, numeric=True),
            Column("hours", gettext_lazy("学时"), numeric=True, sort=True, nulls_last=True),
            Column("credits", gettext_lazy("学分"), value=credit_words),
            Column("project_code", gettext_lazy("项目编号"), on_page=False),
            Column("valid_from", gettext_lazy("学习起"), sort=True),
            Column("valid_to", gettext_lazy("学习止"), sort=True),
            Column("demonstration", gettext_lazy("演示"), value=_demo, whole=True),
        ),
        filters=(
            TextFilter("q", gettext_lazy("课程、医院"), ("title", "about", "hospital__name", "project_code")),
            ChoiceFilter("specialty", gettext_lazy("专业"), ("specialty",),
                         choices=lambda _actor: register.specialty_choices()),
            ChoiceFilter("kind", gettext_lazy("形式"), choices=Lesson.Kind.choices, apply=desk.with_kind),
            ChoiceFilter("state", gettext_lazy("状态"), ("state",), choices=lambda _actor: COURSE.choices()),
            FlagFilter("open", gettext_lazy("正在开放"), apply=_open_now),
        ),
    )  # fmt: skip


COURSES = _courses("courses", pgettext_lazy("导航", "远程课程"), gettext_lazy("还没有面向本院的课程。"))
TAUGHT = _courses(
    "taught-courses",
    pgettext_lazy("导航", "开课管理"),
    gettext_lazy("还没有课程。请先开设课程，再添加课时。"),
)


def _done(row: Any) -> str:
    return f"{row.done} / {row.needed}"


def _best(row: Any) -> str:
    return "—" if row.best is None else f"{row.best}%"


_PROGRESS = (
    Column("state", gettext_lazy("状态"), value=lambda row: row.get_state_display(), html=standing_badge,
           sort=True),
    Column("done", gettext_lazy("必修课时完成"), value=_done),
    Column("best", gettext_lazy("测验最高分"), value=_best),
    Column("enrolled_at", gettext_lazy("选课时间"), sort=True),
    Column("completed_at", gettext_lazy("完成时间"), sort=True, nulls_last=True),
)  # fmt: skip
_STATES = ChoiceFilter("state", gettext_lazy("状态"), ("state",), choices=Enrolment.State.choices)
MINE = Listing(
    key="my-courses",
    title=pgettext_lazy("导航", "我的学习"),
    default_sort="-enrolled_at",
    empty=gettext_lazy("还没有选课。请从“远程课程”中选课。"),
    columns=(
        Column("course", gettext_lazy("课程名称"), head=True, value=lambda row: row.course.title,
               href=lambda row: row_url("education:course", row.course_id), sort=("course__title", "pk")),
        Column("hospital", gettext_lazy("开课医院"), value=lambda row: row.course.hospital.name),
        Column("valid_to", gettext_lazy("学习止"), value=lambda row: row.course.valid_to),
        *_PROGRESS,
        Column("certificate", gettext_lazy("证书"), value=lambda row: _paper(row),
               href=lambda row: row_url("education:certificate", row.certificate.pk) if _paper(row) else ""),
        Column("demonstration", gettext_lazy("演示"), value=_demo, whole=True),
    ),
    filters=(_STATES,),
)  # fmt: skip
LEARNERS = Listing(
    key="learners",
    title=gettext_lazy("选课人员"),
    default_sort="name",
    empty=gettext_lazy("还没有人选课。"),
    columns=(
        Column("name", gettext_lazy("姓名"), head=True, value=lambda row: row.person.name,
               sort=("person__name", "pk")),
        Column("hospital", gettext_lazy("所在医院"), value=lambda row: row.hospital.name,
               sort=("hospital__name", "pk")),
        Column("department", gettext_lazy("所在科室"),
               value=lambda row: row.department.name if row.department else ""),
        Column("by_head", gettext_lazy("由科室安排"), value=lambda row: _("是") if row.by_head else ""),
        *_PROGRESS,
        Column("demonstration", gettext_lazy("演示"), value=_demo, whole=True),
    ),
    filters=(TextFilter("q", gettext_lazy("姓名、医院"), ("person__name", "hospital__name")), _STATES),
)  # fmt: skip
CERTIFICATES = Listing(
    key="course-certificates",
    title=pgettext_lazy("导航", "课程证书"),
    default_sort="-issued_at",
    empty=gettext_lazy("还没有发出证书。完成课程后自动发证。"),
    columns=(
        Column("number", gettext_lazy("证书编号"), head=True,
               href=lambda row: row_url("education:certificate", row.pk), sort=True),
        Column("person_name", gettext_lazy("姓名"), sort=True),
        Column("hospital_name", gettext_lazy("医院"), sort=True),
        Column("course_title", gettext_lazy("课程名称"), sort=True),
        Column("hours", gettext_lazy("学时"), numeric=True),
        Column("credits", gettext_lazy("学分"), value=credit_words),
        Column("project_code", gettext_lazy("项目编号")),
        Column("issued_at", gettext_lazy("发证时间"), sort=True),
        Column("valid", gettext_lazy("状态"), value=lambda row: _valid(row),
               html=lambda row: badge("success" if row.valid else "danger", _valid(row))),
        Column("demonstration", gettext_lazy("演示"), value=_demo, whole=True),
    ),
    filters=(
        TextFilter("q", gettext_lazy("编号、姓名、课程"), ("number", "person_name", "course_title")),
    ),
)  # fmt: skip


def _paper(row: Enrolment) -> str:
    return row.certificate.number if hasattr(row, "certificate") else ""


def _valid(row: Any) -> str:
    return _("有效") if row.valid else _("已撤销")


HEADS: dict[str, tuple[Any, Any]] = {
    "pair": (gettext_lazy("开课医院"), gettext_lazy("学员医院")),
    "department": (gettext_lazy("学员医院"), gettext_lazy("学员科室")),
    "teacher": (gettext_lazy("开课医院"), gettext_lazy("授课人")),
    "month": (gettext_lazy("月份"), ""),
}
TABS = (
    ("pair", "education:counts", gettext_lazy("按两院")),
    ("department", "education:counts_departments", gettext_lazy("按科室")),
    ("teacher", "education:counts_teachers", gettext_lazy("按授课人")),
    ("month", "education:counts_months", gettext_lazy("按月")),
)


def _counts(by: str) -> Listing:
    first, second = HEADS[by]
    names = [Column("first", first, head=True, sort=True)]
    names += [Column("second", second, sort=True)] if second else []
    more = (
        []
        if by == "teacher"
        else [Column("completed", gettext_lazy("完成课程（人次）"), numeric=True, sort=True)]
    )
    return Listing(
        key=f"education-counts-{by}",
        title=pgettext_lazy("导航", "远程教育的数量"),
        default_sort="-first" if by == "month" else "first",
        empty=gettext_lazy("本辖区还没有人选课。"),
        columns=(
            *names,
            Column("courses", gettext_lazy("课程"), numeric=True, sort=True),
            Column("learners", gettext_lazy("学员（人）"), numeric=True, sort=True),
            Column("lessons_done", gettext_lazy("完成课时（人次）"), numeric=True, sort=True),
            Column("signed", gettext_lazy("签到（人次）"), numeric=True, sort=True),
            *more,
            Column("hours_watched", gettext_lazy("计入观看（小时）"), numeric=True, sort=True),
            Column("demonstration", gettext_lazy("演示"), value=_demo, whole=True),
        ),
        filters=(TextFilter("q", first, ("first", "second")),),
    )


@page("course.view")
def courses(request: PageRequest) -> HttpResponseBase:
    """Courses that are offered to the actor."""
    lead = _("本院和支援医院开设的课程：直播、录播、课件、手术示教、教学查房和疑难病例讨论。")
    more = {"lead": lead, "may_teach": request.actor.may("course.teach")}
    return COURSES.respond(request, desk.courses(request.actor), "education/list.html", more)


@page("course.teach")
def taught(request: PageRequest) -> HttpResponseBase:
    """Courses that the actor keeps."""
    lead = _("本院（本科室）开设的课程。筹备中的课程只有开课一方看得到。")
    more = {"lead": lead, "may_teach": True}
    return TAUGHT.respond(request, desk.taught(request.actor), "education/list.html", more)


@page("course.learn")
def mine(request: PageRequest) -> HttpResponseBase:
    """The actor's own courses."""
    lead = _("只显示您自己的学习记录。完成全部必修课时并通过测验后自动发证，学分见“我的学分与证明”。")
    more = {"lead": lead, "to_courses": True}
    return MINE.respond(request, learning.own_enrolments(request.actor), "education/list.html", more)


@page("course.view")
def learners(request: PageRequest, pk: int) -> HttpResponseBase:
    """Who learns in a course: all of them for its teachers, the own staff for a head."""
    course = desk.find(request.actor, pk)
    more = {"lead": course.title, "back": (course.title, course_url(course))}
    return LEARNERS.respond(request, learning.learners(request.actor, course), "education/list.html", more)


@page("course.view")
def certificates(request: PageRequest) -> HttpResponseBase:
    """Certificates: one's own, of the own staff, of the courses taught."""
    lead = _("您自己的、本科室（本院）人员的和您所开课程的证书。证书可凭验证码公开核验。")
    return CERTIFICATES.respond(
        request, learning.certificates(request.actor), "education/list.html", {"lead": lead}
    )


@page("course.count")
def counts(request: PageRequest, by: str) -> HttpResponseBase:
    """Numbers alone, by pair, department, teacher or month."""
    lead = _("选课、签到、完成和计入的观看时间，没有学员的姓名。观看时间由服务器按心跳计算。")
    more = {"lead": lead, "tabs": [(key == by, name, label) for key, name, label in TABS]}
    return _counts(by).respond(request, numbers.counts(request.actor, by), "education/list.html", more)
