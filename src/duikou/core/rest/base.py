"""The API object, its error answers, and the declaration of operations."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from duikou.core.actions import require
from duikou.core.errors import DuikouError
from duikou.core.rest.auth import AUTH
from duikou.core.rest.throttle import PerActor
from duikou.core.scope import Actor


class Call(HttpRequest):
    """A request of the API: `actor` is who acts, already limited to the token's permissions."""

    actor: Actor


class Problem(Schema):
    """Every error answer: a code for programs, a message for people, and what is wrong where."""

    code: str
    message: str
    fields: dict[str, list[str]] = {}


STATUSES = (400, 401, 403, 404, 409, 422, 429)
ERRORS: dict[int, type[Schema]] = dict.fromkeys(STATUSES, Problem)


def operation(
    router: Router,
    method: str,
    path: str,
    *,
    response: Any,
    permission: str | None,
    summary: str,
    status: int = 200,
    **options: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare one operation: `permission` is needed somewhere (None: any signed-in caller).

    The rows it touches are a matter of `visible_to` and of actions, as on pages.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(request: Call, *args: Any, **kwargs: Any) -> Any:
            if permission is not None:
                require(request.actor, permission, None)
            return view(request, *args, **kwargs)

        router.add_api_operation(
            path,
            [method.upper()],
            checked,
            response={status: response, **ERRORS},
            summary=summary,
            operation_id=view.__module__.split(".")[-2] + "_" + view.__name__,
            openapi_extra={"x-permission": permission},
            **options,
        )
        return checked

    return decorate


class Api(NinjaAPI):
    """The REST API with our error answers."""

    def __init__(self, **options: Any) -> None:
        super().__init__(auth=AUTH, throttle=[PerActor()], docs_url=None, **options)
        for kind, handler in (
            (DuikouError, self._told),
            (ValidationError, self._invalid),
            (IntegrityError, self._conflict),
            (AuthenticationError, self._unknown_caller),
            (Throttled, self._too_many),
            (Http404, self._missing),
            (HttpError, self._plain),
        ):
            self.add_exception_handler(kind, handler)

    def problem(
        self,
        request: HttpRequest,
        status: int,
        code: str,
        message: str,
        fields: dict[str, list[str]] | None = None,
    ) -> HttpResponse:
        """An error answer."""
        return self.create_response(
            request, {"code": code, "message": message, "fields": fields or {}}, status=status
        )

    def _told(self, request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        assert isinstance(error, DuikouError)
        return self.problem(request, error.status, error.code, str(error.message), error.fields)

    def _invalid(self, request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        assert isinstance(error, ValidationError)
        fields: dict[str, list[str]] = {}
        for entry in error.errors:
            where = ".".join(
                str(part) for part in entry["loc"] if part not in ("body", "query", "path", "payload")
            )
            fields.setdefault(where or "body", []).append(entry["msg"])
        return self.problem(request, 422, "invalid", _("输入不符合接口约定，见 fields。"), fields)

    def _conflict(self, request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        return self.problem(
            request, 409, "conflict", _("与已有数据冲突：同样的记录已存在，或被引用的记录已变动。")
        )

    def _unknown_caller(self, request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        response = self.problem(
            request, 401, "unauthenticated", _("未登录或令牌无效。请在 Authorization 头中给出 Bearer 令牌。")
        )
        response["WWW-Authenticate"] = "Bearer"
        return response

    def _too_many(self, request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        assert isinstance(error, Throttled)
        response = self.problem(request, 429, "too_many", _("请求过于频繁，请稍后再试。"))
        response["Retry-After"] = str(int(error.wait or 1) + 1)
        return response

    def _missing(self, request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        return self.problem(request, 404, "missing", _("没有这条记录，或不在您的查看范围内。"))

    def _plain(self, request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        assert isinstance(error, HttpError)
        code = {400: "bad_request", 405: "method", 415: "media_type"}.get(error.status_code, "error")
        return self.problem(request, error.status_code, code, error.message)
