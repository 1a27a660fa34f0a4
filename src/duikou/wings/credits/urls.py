"""Addresses of credits and certificates."""

from __future__ import annotations

from django.urls import path

from duikou.wings.credits.views import lists, single

app_name = "credits"
urlpatterns = [
    path("", lists.year, name="list"),
    path("years/<int:year>/issue/", lists.issue_year, name="issue-year"),
    path("persons/<int:pk>/", single.person, name="person"),
    path("persons/<int:pk>/<slug:kind>/<int:year>/issue/", single.issue_credit, name="issue-credit"),
    path("persons/<int:pk>/service/<str:rule>/issue/", single.issue_service, name="issue-service"),
    path("certificates/", lists.certificates, name="certificates"),
    path("certificates/<int:pk>/", single.certificate, name="certificate"),
    path("certificates/<int:pk>/pdf/", single.pdf, name="pdf"),
    path("certificates/<int:pk>/revoke/", single.revoke, name="revoke"),
    path("certificates/<int:pk>/reissue/", single.reissue, name="reissue"),
    path("mine/", single.mine, name="mine"),
    path("mine/<int:pk>/", single.my_certificate, name="my-certificate"),
    path("mine/<int:pk>/pdf/", single.my_pdf, name="my-pdf"),
]
