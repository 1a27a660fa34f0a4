"""Addresses of the obligations wing."""

from django.urls import path

from duikou.wings.obligations.views import acts, calendar, detail, ledger, people, progress

app_name = "obligations"
urlpatterns = [
    path("", ledger.ledger, name="list"),
    path("progress/", progress.progress, name="progress"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/renew/", calendar.renew, name="renew_feed"),
    path("calendar/stop/", calendar.stop, name="stop_feed"),
    path("feed/<str:token>.ics", calendar.feed, name="feed"),  # no sign-in: the address is the key
    path("reminders/", people.reminders, name="reminders"),
    path("targets/", people.targets, name="targets"),
    path("targets/<int:pk>/", people.target, name="target"),
    path("targets/<int:pk>/answer/", acts.answer, name="answer"),
    path("delegations/", people.delegations, name="delegations"),
    path("delegations/<int:pk>/revoke/", people.revoke, name="revoke"),
    path("evidence/<int:pk>/judge/", acts.judge, name="judge"),
    path("evidence/<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
    path("evidence/<int:pk>/renew/", acts.renew, name="renew"),
    path("evidence/<int:pk>/file/", acts.file, name="file"),
    path("evidence/<int:pk>/proof/", acts.proof, name="proof"),
    path("<int:pk>/", detail.detail, name="detail"),
    path("<int:pk>/say/", acts.say, name="say"),
    path("<int:pk>/attach/", acts.attach, name="attach"),
    path("<int:pk>/target/", acts.propose, name="propose"),
]
