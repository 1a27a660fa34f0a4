"""Every write of the education wing."""

from duikou.wings.education.actions.attending import (
    Progress,
    Report,
    answer_check,
    beat,
    code_of,
    open_lesson,
    read_slides,
    shut,
    sign_in,
)
from duikou.wings.education.actions.courses import Details, close, create, edit, open_, reopen
from duikou.wings.education.actions.enrolling import enrol, enrol_staff, withdraw
from duikou.wings.education.actions.finishing import finish, revoke, standing_of
from duikou.wings.education.actions.lessons import Plan, add, move, remove, set_slides
from duikou.wings.education.actions.lessons import edit as edit_lesson
from duikou.wings.education.actions.quizzes import (
    Asked,
    add_question,
    import_questions,
    retire_question,
    set_quiz,
    start,
    submit,
)
from duikou.wings.education.actions.videos import set_broadcast, set_recording

__all__ = [
    "Asked", "Details", "Plan", "Progress", "Report", "add", "add_question", "answer_check", "beat", "close",
    "code_of", "create", "edit", "edit_lesson", "enrol", "enrol_staff", "finish", "import_questions", "move",
    "open_", "open_lesson", "read_slides", "remove", "reopen", "retire_question", "revoke", "set_broadcast",
    "set_quiz", "set_recording", "set_slides", "shut", "sign_in", "standing_of", "start", "submit",
    "withdraw",
]  # fmt: skip
