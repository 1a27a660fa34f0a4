"""Addresses of the rosters wing."""

from django.urls import path

from duikou.wings.rosters.views import acts, needs, own, reading, rules

app_name = "rosters"
urlpatterns = [
    path("", reading.rosters, name="list"),
    path("new/", acts.new, name="new"),
    path("mine/", own.mine, name="mine"),
    path("mine/wish/", own.wish, name="wish"),
    path("mine/wish/<int:pk>/drop/", own.drop_wish, name="wish-drop"),
    path("mine/duty/<int:pk>/swap/", own.ask, name="swap-ask"),
    path("mine/swaps/<int:pk>/", own.own_swap, name="swap-own"),
    path("mine/swaps/<int:pk>/<slug:step>/", own.answer_swap, name="swap-answer"),
    path("mine/feed/renew/", own.renew, name="feed-renew"),
    path("mine/feed/stop/", own.stop, name="feed-stop"),
    path("feed/<str:token>.ics", own.feed, name="feed"),  # no sign-in: the address is the key
    path("swaps/", reading.swaps, name="swaps"),
    path("swaps/<int:pk>/", own.swap, name="swap"),
    path("swaps/<int:pk>/approve/", own.approve_swap, name="swap-approve"),
    path("swaps/<int:pk>/refuse/", own.refuse_swap, name="swap-refuse"),
    path("departments/", rules.departments, name="departments"),
    path("departments/<int:pk>/", rules.rules, name="rules"),
    path("departments/<int:pk>/begin/", rules.begin, name="rules-begin"),
    path("departments/<int:pk>/limits/", rules.limits, name="limits"),
    path("departments/<int:pk>/needs/", needs.week, name="needs"),
    path("departments/<int:pk>/needs/days/", needs.days, name="needs-days"),
    path("departments/<int:pk>/needs/days/<str:day>/drop/", needs.drop, name="needs-drop"),
    path("departments/<int:pk>/shifts/new/", rules.new_shift, name="shift-new"),
    path("departments/<int:pk>/people/<int:person>/", rules.member, name="member"),
    path("departments/<int:pk>/absences/new/", rules.absence, name="absence-new"),
    path("shifts/<int:pk>/", rules.edit_shift, name="shift"),
    path("shifts/<int:pk>/retire/", rules.retire_shift, name="shift-retire"),
    path("absences/<int:pk>/withdraw/", rules.withdraw_absence, name="absence-withdraw"),
    path("<int:pk>/", reading.detail, name="detail"),
    path("<int:pk>/progress/", reading.progress, name="progress"),
    path("<int:pk>/solve/", acts.solve, name="solve"),
    path("<int:pk>/publish/", acts.publish, name="publish"),
    path("<int:pk>/reopen/", acts.reopen, name="reopen"),
    path("<int:pk>/cells/<int:person>/<str:day>/", acts.cell, name="cell"),
]
