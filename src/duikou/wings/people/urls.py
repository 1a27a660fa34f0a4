"""Addresses of the people wing."""

from django.urls import path

from duikou.wings.people import views_accounts as accounts
from duikou.wings.people import views_persons as persons

app_name = "people"
urlpatterns = [
    path("", persons.persons, name="list"),
    path("new/", persons.new, name="new"),
    path("<int:pk>/", persons.person, name="person"),
    path("<int:pk>/edit/", persons.edit, name="edit"),
    path("<int:pk>/move/", persons.move, name="move"),
    path("suggest/hospitals/", persons.suggest_hospital, name="suggest_hospital"),
    path("suggest/places/", accounts.suggest_place, name="suggest_place"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.account_new, name="account_new"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/grant/", accounts.grant, name="grant"),
    path("accounts/<int:pk>/grants/<int:grant_pk>/end/", accounts.grant_end, name="grant_end"),
    path("accounts/<int:pk>/password/", accounts.password_reset, name="password_reset"),
    path("accounts/<int:pk>/deactivate/", accounts.deactivate, name="deactivate"),
    path("accounts/<int:pk>/reactivate/", accounts.reactivate, name="reactivate"),
    path("roles/", accounts.role_matrix, name="roles"),
]
