"""Addresses of the education wing: numbers of rows, never anybody's name."""

from __future__ import annotations

from django.urls import path

from duikou.wings.education.views import certificates, courses, learn, lessons, lists, quizzes

app_name = "education"
urlpatterns = [
    path("", lists.courses, name="courses"),
    path("mine/", lists.mine, name="mine"),
    path("taught/", lists.taught, name="taught"),
    path("new/", courses.new, name="new"),
    path("counts/", lists.counts, {"by": "pair"}, name="counts"),
    path("counts/departments/", lists.counts, {"by": "department"}, name="counts_departments"),
    path("counts/teachers/", lists.counts, {"by": "teacher"}, name="counts_teachers"),
    path("counts/months/", lists.counts, {"by": "month"}, name="counts_months"),
    path("certificates/", lists.certificates, name="certificates"),
    path("certificates/<int:pk>/", certificates.certificate, name="certificate"),
    path("certificates/<int:pk>/pdf/", certificates.pdf, name="certificate_pdf"),
    path("certificates/<int:pk>/revoke/", certificates.revoke, name="revoke"),
    path("lessons/<int:pk>/", learn.lesson, name="lesson"),
    path("lessons/<int:pk>/edit/", lessons.edit, name="edit_lesson"),
    path("lessons/<int:pk>/remove/", lessons.remove, name="remove_lesson"),
    path("lessons/<int:pk>/up/", lessons.move, {"way": "up"}, name="lesson_up"),
    path("lessons/<int:pk>/down/", lessons.move, {"way": "down"}, name="lesson_down"),
    path("lessons/<int:pk>/slides/", lessons.slides, name="slides"),
    path("lessons/<int:pk>/video/", lessons.video, name="video"),
    path("lessons/<int:pk>/code/", lessons.code, name="code"),
    path("lessons/<int:pk>/signed/", lessons.signed, name="signed"),
    path("lessons/<int:pk>/file/", learn.file, name="file"),
    path("lessons/<int:pk>/read/", learn.read, name="read"),
    path("lessons/<int:pk>/sign-in/", learn.sign_in, name="sign_in"),
    path("lessons/<int:pk>/beat/", learn.beat, name="beat"),
    path("lessons/<int:pk>/presence/", learn.presence, name="presence"),
    path("lessons/<int:pk>/presence/<int:check>/", learn.here, name="here"),
    path("questions/template/", quizzes.template, name="question_template"),
    path("questions/<int:pk>/retire/", quizzes.retire, name="retire_question"),
    path("batches/<int:pk>/", quizzes.batch, name="batch"),
    path("batches/<int:pk>/workbook/", quizzes.issues, name="issues"),
    path("attempts/<int:pk>/", quizzes.attempt, name="attempt"),
    path("enrolments/<int:pk>/withdraw/", courses.withdraw, name="withdraw"),
    path("<int:pk>/", courses.course, name="course"),
    path("<int:pk>/edit/", courses.edit, name="edit"),
    path("<int:pk>/open/", courses.open_, name="open"),
    path("<int:pk>/close/", courses.step, {"name": "close"}, name="close"),
    path("<int:pk>/reopen/", courses.step, {"name": "reopen"}, name="reopen"),
    path("<int:pk>/enrol/", courses.enrol, name="enrol"),
    path("<int:pk>/enrol-staff/", courses.enrol_staff, name="enrol_staff"),
    path("<int:pk>/learners/", lists.learners, name="learners"),
    path("<int:pk>/lessons/new/", lessons.new, name="new_lesson"),
    path("<int:pk>/quiz/", quizzes.rules, name="quiz"),
    path("<int:pk>/quiz/start/", quizzes.start, name="start_quiz"),
    path("<int:pk>/questions/", quizzes.bank, name="questions"),
    path("<int:pk>/questions/new/", quizzes.new, name="new_question"),
    path("<int:pk>/questions/import/", quizzes.import_, name="import_questions"),
]
