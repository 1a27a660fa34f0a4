"""Tables of the education wing."""

from duikou.wings.education.models.certificates import CourseCertificate
from duikou.wings.education.models.courses import Course, Lesson
from duikou.wings.education.models.learning import Beat, Enrolment, LessonRecord, PresenceCheck
from duikou.wings.education.models.quizzes import Attempt, Question, QuestionBatch, Quiz

__all__ = [
    "Attempt", "Beat", "Course", "CourseCertificate", "Enrolment", "Lesson", "LessonRecord",
    "PresenceCheck", "Question", "QuestionBatch", "Quiz",
]  # fmt: skip
