"""The REST API v1: the wings' routers under one roof."""

from __future__ import annotations

from duikou import __version__
from duikou.api import myself, policy, system
from duikou.core.rest import Api
from duikou.wings.agreements.api import routers as agreement_routers
from duikou.wings.capabilities.api import routers as capability_routers
from duikou.wings.credits.api import routers as credit_routers
from duikou.wings.discharges.api import routers as discharge_routers
from duikou.wings.education.api import routers as education_routers
from duikou.wings.hospitals.api import routers as hospital_routers
from duikou.wings.imaging.api import routers as imaging_routers
from duikou.wings.media.api import routers as media_routers
from duikou.wings.obligations.api import routers as obligation_routers
from duikou.wings.pairings.api import routers as pairing_routers
from duikou.wings.pathology.api import routers as pathology_routers
from duikou.wings.patients.api import routers as patient_routers
from duikou.wings.people.api import routers as people_routers
from duikou.wings.places.api import routers as place_routers
from duikou.wings.plans.api import routers as plan_routers
from duikou.wings.postings.api import routers as posting_routers
from duikou.wings.presence.api import routers as presence_routers
from duikou.wings.referrals.api import routers as referral_routers
from duikou.wings.rooms.api import routers as room_routers
from duikou.wings.rosters.api import routers as roster_routers
from duikou.wings.staffing.api import routers as staffing_routers
from duikou.wings.swaps.api import routers as swap_routers
from duikou.wings.telehealth.api import routers as telehealth_routers
from duikou.wings.training.api import routers as training_routers

DESCRIPTION = f"""\
对口支援信息平台 REST 接口（程序版本 {__version__}）：与页面同样的行、数字和操作，供程序使用。
Paired-support platform: the same rows, numbers and acts as the pages, for programs.

- 登录 / Sign in: `Authorization: Bearer dk_…`（接口令牌 / API token: `POST /api/v1/tokens`）。
- 权限 / Permission: `x-permission`；范围外的记录答 404 / rows outside the scope look absent (404).
- 日期 / Dates: `YYYY-MM-DD`；`as_of` 省略即今天 / `as_of` left out means today.
- 列表 / Lists: `limit` (1–200), `offset`, `total`；未知参数被拒绝 / unknown parameters are refused.
- 422: 请求不符合本文档；409: 与数据或规则冲突。422: breaks this document; 409: conflicts with data or a rule.
- 语言 / Language: `Accept-Language: en` 或/or `zh-CN`。
"""

api = Api(title="Duikou API", version="1", description=DESCRIPTION, urls_namespace="api")

for router in (
    myself.router,
    myself.search,
    *place_routers,
    *hospital_routers,
    *people_routers,
    *pairing_routers,
    *agreement_routers,
    *obligation_routers,
    *plan_routers,
    *capability_routers,
    *posting_routers,
    *swap_routers,
    *staffing_routers,
    *patient_routers,
    *telehealth_routers,
    *media_routers,
    *education_routers,
    *room_routers,
    *imaging_routers,
    *pathology_routers,
    *referral_routers,
    *credit_routers,
    *presence_routers,
    *roster_routers,
    *training_routers,
    *discharge_routers,
    policy.router,
    system.audit,
    system.jobs,
):
    api.add_router("", router)
