"""Addresses of the overview of people."""

from __future__ import annotations

from django.urls import path

from duikou.wings.staffing.views import gaps, overview, people

app_name = "staffing"
urlpatterns = [
    path("", overview.overview_page, name="overview"),
    path("hospitals/", overview.hospitals_page, name="hospitals"),
    path("people/", people.people_page, name="people"),
    path("gaps/", gaps.gaps_page, name="gaps"),
]
