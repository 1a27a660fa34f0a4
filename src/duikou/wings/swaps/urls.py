"""Addresses of the swaps wing."""

from __future__ import annotations

from django.urls import path

from duikou.wings.swaps.views import acts, reading, repairs

app_name = "swaps"
urlpatterns = [
    path("", reading.plans, name="list"),
    path("new/", acts.new, name="new"),
    path("<int:pk>/", reading.plan, name="detail"),
    path("<int:pk>/progress/", reading.progress, name="progress"),
    path("<int:pk>/solve/", acts.solve, name="solve"),
    path("<int:pk>/agree/", acts.agree, name="agree"),
    path("<int:pk>/adopt/", acts.adopt, name="adopt"),
    path("<int:pk>/discard/", acts.discard, name="discard"),
    path("<int:pk>/repair/", repairs.new, name="repair"),
    path("stays/<int:pk>/change/", acts.change, name="change"),
    path("stays/<int:pk>/drop/", acts.drop, name="drop"),
    path("repairs/<int:pk>/", repairs.detail, name="repair-detail"),
    path("repairs/<int:pk>/progress/", repairs.progress, name="repair-progress"),
    path("repairs/<int:pk>/adopt/", repairs.adopt, name="repair-adopt"),
    path("repairs/<int:pk>/drop/", repairs.drop, name="repair-drop"),
]
