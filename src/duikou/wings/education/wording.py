"""Names of the acts on courses."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

ACTS = {
    "course.create": pgettext_lazy("操作", "开设课程"),
    "course.edit": pgettext_lazy("操作", "修改课程"),
    "course.open": pgettext_lazy("操作", "开放选课"),
    "course.close": pgettext_lazy("操作", "结束课程"),
    "course.reopen": pgettext_lazy("操作", "重新开放课程"),
    "course.add_lesson": pgettext_lazy("操作", "添加课时"),
    "course.edit_lesson": pgettext_lazy("操作", "修改课时"),
    "course.move_lesson": pgettext_lazy("操作", "调整课时次序"),
    "course.remove_lesson": pgettext_lazy("操作", "移除课时"),
    "course.slides": pgettext_lazy("操作", "上传课件"),
    "course.set_recording": pgettext_lazy("操作", "选择课时的录像"),
    "course.set_broadcast": pgettext_lazy("操作", "选择课时的直播"),
    "course.set_quiz": pgettext_lazy("操作", "设定测验规则"),
    "course.add_question": pgettext_lazy("操作", "添加试题"),
    "course.retire_question": pgettext_lazy("操作", "移除试题"),
    "course.import_questions": pgettext_lazy("操作", "导入试题"),
    "course.enrol": pgettext_lazy("操作", "选课"),
    "course.enrol_staff": pgettext_lazy("操作", "为人员选课"),
    "course.withdraw": pgettext_lazy("操作", "退出课程"),
    "course.lesson_done": pgettext_lazy("操作", "完成课时"),
    "course.start_quiz": pgettext_lazy("操作", "开始测验"),
    "course.submit_quiz": pgettext_lazy("操作", "测验交卷"),
    "course.complete": pgettext_lazy("操作", "完成课程并发证"),
    "course.revoke": pgettext_lazy("操作", "撤销课程证书"),
}


def act_words(name: str) -> str:
    """An act in the language of the request; its own name where it has no words."""
    return str(ACTS.get(name, name))


def not_enrolled() -> str:
    """What is said to who learns without having taken the course."""
    return _("您还没有选这门课程。请先在课程页选课。")
