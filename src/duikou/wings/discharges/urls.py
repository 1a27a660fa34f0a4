"""Addresses of the discharges wing."""

from django.urls import path

from duikou.wings.discharges.views import (
    boards,
    figures,
    references,
    schemes,
    settlements,
    submissions,
    weights,
    worklist,
)

app_name = "discharges"
urlpatterns = [
    path("", boards.overview, name="overview"),
    path("province/", boards.province, name="province"),
    path("counties/<str:code>/", boards.county, name="county"),
    path("hospitals/<int:pk>/", boards.hospital, name="hospital"),
    path("figures/", figures.definitions, name="definitions"),
    path("figures/<slug:name>/", figures.figure, name="figure"),
    path("schemes/", schemes.schemes, name="schemes"),
    path("schemes/template.xlsx", schemes.template, name="scheme_template"),
    path("schemes/<int:pk>/", schemes.scheme, name="scheme"),
    path("schemes/<int:pk>/activate/", schemes.activate, name="activate"),
    path("schemes/<int:pk>/regroup/", schemes.ask, name="regroup"),
    path("schemes/<int:pk>/weights/", weights.weights, name="weights"),
    path("schemes/<int:pk>/weights.xlsx", weights.template, name="weights_template"),
    path("weights/<int:pk>/", weights.weight_table, name="weight_table"),
    path("weights/<int:pk>/choose/", weights.choose, name="choose_weights"),
    path("regroupings/<int:pk>/", schemes.regrouping, name="regrouping"),
    path("references/", references.references, name="references"),
    path("references/codes/", references.code, name="record_code"),
    path("references/mappings/", references.mapping, name="import_mapping"),
    path("residences/<int:pk>/", references.residence, name="residence"),
    path("settlements/", settlements.settlements, name="settlements"),
    path("settlements/template.xlsx", settlements.template, name="settlements_template"),
    path("settlements/<int:pk>/", settlements.settlement, name="settlement"),
    path("settlements/<int:pk>/faults.xlsx", settlements.faults, name="settlement_faults"),
    path("settlements/<int:pk>/retract/", settlements.retract, name="settlement_retract"),
    path("submissions/", submissions.submissions, name="list"),
    path("submissions/new/", submissions.new, name="new"),
    path("submissions/<int:pk>/", submissions.submission, name="submission"),
    path("submissions/<int:pk>/progress/", submissions.progress, name="progress"),
    path("submissions/<int:pk>/faults/<slug:rule>/", submissions.faults, name="faults"),
    path("submissions/<int:pk>/faults.xlsx", submissions.workbook, name="workbook"),
    path("submissions/<int:pk>/sign/", submissions.sign, name="sign"),
    path("submissions/<int:pk>/withdraw/", submissions.withdraw, name="withdraw"),
    path("submissions/<int:pk>/recheck/", submissions.recheck, name="recheck"),
    path("submissions/<int:pk>/retract/", submissions.retract, name="retract"),
    path("worklist/", worklist.missing, name="worklist"),
]
