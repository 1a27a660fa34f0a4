"""The REST API v1: the wings' routers under one roof."""

from __future__ import annotations

from duikou import __version__
from duikou.core.rest import Api

api = Api(
    title="Duikou API",
    version="1",
    description=(
        f"对口支援信息平台 REST 接口（程序版本 {__version__}）。"
        "Paired-support platform: the same rows, numbers and acts as the pages, for programs. "
        "Authenticate with `Authorization: Bearer <token>`; a token is made under 接口令牌 / API tokens."
    ),
    urls_namespace="api",
)
