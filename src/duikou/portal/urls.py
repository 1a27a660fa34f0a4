"""Addresses of the public window."""

from django.urls import path

from duikou.portal import verification, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("counties/", views.counties, name="counties"),
    path("counties/<int:pk>/", views.county, name="county"),
    path("hospitals/<int:pk>/", views.hospital, name="hospital"),
    path("pairings/", views.pairings, name="pairings"),
    path("supporters/", views.supporters, name="supporters"),
    path("recipients/", views.recipients, name="recipients"),
    path("about/", views.about, name="about"),
    path("verify/", verification.ask, name="verify"),
    path("verify/<str:code>/", verification.show, name="verify_code"),
]
