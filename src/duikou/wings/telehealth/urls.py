"""Addresses of the telehealth wing: numbers of rows, never anything of a patient but the number."""

from __future__ import annotations

from django.urls import path

from duikou.wings.telehealth.views import answering, asking, detail, lists, pool

app_name = "telehealth"
urlpatterns = [
    path("", lists.asked, name="list"),
    path("received/", lists.received, name="received"),
    path("new/", asking.choose, name="choose"),
    path("new/<str:number>/", asking.new, name="new"),
    path("counts/", lists.counts, {"by": "pair"}, name="counts"),
    path("counts/departments/", lists.counts, {"by": "department"}, name="counts_departments"),
    path("counts/doctors/", lists.counts, {"by": "doctor"}, name="counts_doctors"),
    path("counts/months/", lists.counts, {"by": "month"}, name="counts_months"),
    path("experts/", lists.experts, name="experts"),
    path("experts/new/", pool.new, name="new_expert"),
    path("experts/<int:pk>/", pool.expert, name="expert"),
    path("experts/<int:pk>/correct/", pool.correct, name="correct_expert"),
    path("experts/<int:pk>/leave/", pool.leave, name="leave_pool"),
    path("experts/<int:pk>/times/", pool.offer, name="offer_slot"),
    path("times/<int:pk>/withdraw/", pool.withdraw_slot, name="withdraw_slot"),
    path("files/<int:pk>/", detail.file, name="file"),
    path("files/<int:pk>/remove/", asking.remove_file, name="remove_file"),
    path("<int:pk>/", detail.consultation, name="consultation"),
    path("<int:pk>/opinion.pdf", detail.pdf, name="pdf"),
    path("<int:pk>/edit/", asking.edit, name="edit"),
    path("<int:pk>/add-file/", asking.add_file, name="add_file"),
    path("<int:pk>/studies/", asking.studies, name="studies"),
    path("<int:pk>/submit/", asking.submit, name="submit"),
    path("<int:pk>/send-back/", asking.send_back, name="send_back"),
    path("<int:pk>/approve/", asking.approve, name="approve"),
    path("<int:pk>/resend/", asking.resend, name="resend"),
    path("<int:pk>/withdraw/", asking.withdraw, name="withdraw"),
    path("<int:pk>/acknowledge/", asking.acknowledge, name="acknowledge"),
    path("<int:pk>/close/", asking.close, name="close"),
    path("<int:pk>/rate/", asking.rate, name="rate"),
    path("<int:pk>/accept/", answering.accept, name="accept"),
    path("<int:pk>/return/", answering.return_, name="return"),
    path("<int:pk>/decline/", answering.decline, name="decline"),
    path("<int:pk>/assign/", answering.assign, name="assign"),
    path("<int:pk>/release/", answering.release, name="release"),
    path("<int:pk>/schedule/", answering.schedule, name="schedule"),
    path("<int:pk>/unschedule/", answering.unschedule, name="unschedule"),
    path("<int:pk>/room/", answering.room, name="room"),
    path("<int:pk>/opinion/", answering.opinion, name="opinion"),
]
