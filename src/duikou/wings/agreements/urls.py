"""Addresses of the agreements wing."""

from __future__ import annotations

from django.urls import path

from duikou.wings.agreements.views import acts, detail, drafting, lists, rounds, templates

app_name = "agreements"

urlpatterns = [
    path("", lists.agreements, name="list"),
    path("overview/", rounds.overview, name="overview"),
    path("progress/", lists.progress, name="progress"),
    path("open/", rounds.open_round, name="open"),
    path("templates/", templates.templates, name="templates"),
    path("templates/<int:pk>/", templates.template, name="template"),
    path("templates/<int:pk>/file/", templates.file, name="template_file"),
    path("templates/<int:pk>/retire/", templates.retire, name="template_retire"),
    path("new/<int:pairing>/", drafting.new, name="new"),
    path("<int:pk>/", detail.agreement, name="detail"),
    path("<int:pk>/edit/", drafting.edit, name="edit"),
    path("<int:pk>/texts/<int:number>/", detail.text, name="text"),
    path("<int:pk>/texts/<int:number>/check/", detail.check, name="check"),
    path("<int:pk>/texts/<int:number>/compare/", detail.compare, name="compare"),
    path("<int:pk>/files/<slug:name>/<int:number>/", detail.file, name="file"),
    path("<int:pk>/upload/", acts.upload, name="upload"),
    path("<int:pk>/terms/", acts.terms, name="terms"),
    path("<int:pk>/comment/", acts.comment, name="comment"),
    path("<int:pk>/comments/<int:comment>/settle/", acts.settle, name="settle"),
    path("<int:pk>/send/", acts.send, name="send"),
    path("<int:pk>/agree/", acts.agree, name="agree"),
    path("<int:pk>/return/", acts.send_back, name="return"),
    path("<int:pk>/reopen/", acts.reopen, name="reopen"),
    path("<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
    path("<int:pk>/sign/", acts.sign, name="sign"),
    path("<int:pk>/originals/<int:number>/", acts.original, name="original"),
    path("<int:pk>/copy/", acts.send_copy, name="copy"),
    path("<int:pk>/receipt/", acts.confirm_copy, name="receipt"),
    path("<int:pk>/amend/", acts.amend, name="amend"),
    path("<int:pk>/renew/", acts.renew, name="renew"),
    path("<int:pk>/event/", acts.event, name="event"),
    path("<int:pk>/end/", acts.ask_to_end, name="end"),
    path("ends/<int:pk>/take-back/", acts.take_back_end, name="end_take_back"),
    path("ends/<int:pk>/<slug:step>/", acts.decide_end, name="end_step"),
]
