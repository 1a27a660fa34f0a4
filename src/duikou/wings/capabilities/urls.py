"""Addresses of the capability record."""

from __future__ import annotations

from django.urls import path

from duikou.wings.capabilities.views import acts, reading

app_name = "capabilities"
urlpatterns = [
    path("", reading.progress, name="progress"),
    path("waiting/", reading.waiting, name="waiting"),
    path("approvals/<int:pk>/end/", acts.end_approval, name="approval-end"),
    path("approvals/<int:pk>/document/", reading.approval_document, name="approval-document"),
    path("cases/<int:pk>/withdraw/", acts.withdraw_case, name="case-withdraw"),
    path("cases/<int:pk>/document/", reading.case_document, name="case-document"),
    path("<int:pk>/<slug:technique>/", reading.technique, name="technique"),
    path("<int:pk>/<slug:technique>/approve/", acts.approve, name="approve"),
    path("<int:pk>/<slug:technique>/independent/", acts.independent, name="independent"),
    path("<int:pk>/<slug:technique>/case/", acts.case, name="case"),
]
