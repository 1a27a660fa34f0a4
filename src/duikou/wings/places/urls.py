"""Addresses of the places wing."""

from django.urls import path

from duikou.wings.places import views

app_name = "places"
urlpatterns = [
    path("", views.divisions, name="list"),
    path("<int:pk>/", views.division, name="division"),
    path("changes/", views.changes, name="changes"),
    path("boundaries/", views.boundary_sets, name="boundaries"),
    path("boundaries/package/", views.boundary_package, name="boundary-package"),
    path("boundaries/<int:pk>/use/", views.boundary_use, name="boundary-use"),
    path("boundaries/<int:pk>/remove/", views.boundary_remove, name="boundary-remove"),
    path("travel/", views.travel, name="travel"),
    path("travel/template.csv", views.travel_template, name="travel-template"),
    path("travel/remove/", views.travel_remove, name="travel-remove"),
]
