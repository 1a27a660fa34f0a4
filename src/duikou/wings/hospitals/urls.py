"""Addresses of the hospitals wing."""

from django.urls import path

from duikou.wings.hospitals.views import editing, reading, reviews, successions

app_name = "hospitals"
urlpatterns = [
    path("", reading.hospital_list, name="list"),
    path("new/", editing.new, name="new"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/<int:pk>/", reviews.review, name="review"),
    path("<int:pk>/", reading.hospital, name="detail"),
    path("<int:pk>/departments/", reading.departments, name="departments"),
    path("<int:pk>/capabilities/", reading.capabilities, name="capabilities"),
    path("<int:pk>/history/", reading.history, name="history"),
    path("<int:pk>/edit/", editing.edit, name="edit"),
    path("<int:pk>/rename/", editing.rename, name="rename"),
    path("<int:pk>/aliases/new/", editing.alias_new, name="alias-new"),
    path("<int:pk>/aliases/<int:alias>/remove/", editing.alias_remove, name="alias-remove"),
    path("<int:pk>/level/", editing.level, name="level"),
    path("<int:pk>/move/", editing.move, name="move"),
    path("<int:pk>/close/", editing.close, name="close"),
    path("<int:pk>/reopen/", editing.reopen, name="reopen"),
    path("<int:pk>/departments/new/", editing.department_new, name="department-new"),
    path("<int:pk>/departments/states/", editing.department_states, name="department-states"),
    path(
        "<int:pk>/departments/<int:department>/rename/", editing.department_rename, name="department-rename"
    ),
    path("<int:pk>/departments/<int:department>/close/", editing.department_close, name="department-close"),
    path("<int:pk>/merge/", successions.merge, name="merge"),
    path("<int:pk>/merge/undo/", successions.undo, name="merge-undo"),
    path("<int:pk>/split/", successions.split, name="split"),
]
