"""Addresses of uploads, below the API."""

from __future__ import annotations

from django.urls import path, re_path

from duikou.core.uploads import views

urlpatterns = [
    path("uploads", views.uploads, name="uploads"),
    re_path(r"^uploads/([0-9a-f]{32})$", views.upload, name="upload"),
]
