"""Addresses of the plans wing."""

from django.urls import path

from duikou.wings.plans.views import lists, pairings, plans, tasks

app_name = "plans"
urlpatterns = [
    path("", lists.plans, name="list"),
    path("documents/", lists.documents, name="documents"),
    path("four-ones/", lists.board, name="board"),
    path("matrix/", lists.gaps, name="matrix"),
    path("development/", pairings.develop, name="develop"),
    path("code/<str:code>/", pairings.code, name="code"),
    path("pairings/<int:pk>/", pairings.pairing, name="pairing"),
    path("pairings/<int:pk>/gaps/", pairings.gaps, name="gaps"),
    path("pairings/<int:pk>/begin/", pairings.begin, name="begin"),
    path("pairings/<int:pk>/book.pdf", pairings.book, name="book"),
    path("tasks/", lists.tasks, name="tasks"),
    path("tasks/<int:pk>/", tasks.task, name="task"),
    path("tasks/<int:pk>/edit/", tasks.edit, name="edit_task"),
    path("tasks/<int:pk>/shares/", tasks.add_share, name="add_share"),
    path("tasks/<int:pk>/steps/<slug:step_id>/", tasks.step, name="task_step"),
    path("shares/<int:pk>/confirm/", tasks.confirm, name="confirm_share"),
    path("shares/<int:pk>/remove/", tasks.remove_share, name="remove_share"),
    path("imports/<int:pk>/", plans.batch, name="batch"),
    path("imports/<int:pk>/issues.xlsx", plans.issues, name="issues"),
    path("<int:pk>/", plans.plan, name="plan"),
    path("<int:pk>/edit/", plans.edit, name="edit"),
    path("<int:pk>/president/", plans.president, name="president"),
    path("<int:pk>/factor/", plans.factor, name="factor"),
    path("<int:pk>/departments/", plans.departments, name="departments"),
    path("<int:pk>/departments/add/", plans.add_department, name="add_department"),
    path("<int:pk>/departments/remove/", plans.remove_department, name="remove_department"),
    path("<int:pk>/steps/<slug:step_id>/", plans.step, name="step"),
    path("<int:pk>/tasks/new/", tasks.new, name="new_task"),
    path("<int:pk>/tasks/upload/", plans.upload, name="upload"),
    path("<int:pk>/tasks.xlsx", plans.workbook, name="workbook"),
]
