"""The API object, its error answers, and the declaration of operations."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

import structlog
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.openapi.schema import OpenAPISchema
from pydantic import BaseModel, TypeAdapter

from duikou.core.errors import DuikouError, Invalid
from duikou.core.rest import openapi
from duikou.core.rest.auth import sign_in
from duikou.core.rest.throttle import PerActor
from duikou.core.rest.types import Answer
from duikou.core.scope import Actor

log = structlog.get_logger(__name__)
JSON = "application/json; charset=utf-8"


class Call(HttpRequest):
    """A request of the API: `actor` is who acts, already limited to the token's permissions."""

    actor: Actor


class Problem(Answer):
    """Every error answer: a code for programs, a message for people, and what is wrong where."""

    code: str
    message: str
    fields: dict[str, list[str]] = {}


SIGNED_IN = (400, 401, 403, 404, 409, 422, 429)
OPEN = (400, 404, 409, 422, 429)  # operations that need no sign-in


def operation(
    router: Router,
    method: str,
    path: str,
    *,
    response: Any,
    permission: str | None,
    zh: str,
    en: str,
    status: int = 200,
    public: bool = False,
    media: str = "",
    **options: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare one operation: `permission` is needed somewhere (None: any signed-in caller).

    The rows it touches are a matter of `visible_to` and of actions, as on pages.
    `public` operations need no sign-in. `zh` and `en` are its name in both languages.
    The answer is checked against `response` and written by pydantic in one go: that
    costs a tenth of going through the framework's own models, and the document and
    the answer cannot drift apart. With `media` the view answers a file of that type itself.
    """
    answers = TypeAdapter(response) if response is not None else None

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(request: Call, *args: Any, **kwargs: Any) -> HttpResponseBase:
            _refuse_unknown(request, known)
            result = view(request, *args, **kwargs)
            if isinstance(result, HttpResponseBase):  # a file is a stream, and no HttpResponse
                return result
            if answers is None:
                return HttpResponse(status=status)
            content = answers.dump_json(answers.validate_python(result), by_alias=True)
            return HttpResponse(content, status=status, content_type=JSON)

        # The framework would look up the annotations in this module, not in the view's.
        checked.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
        extra: dict[str, Any] = {"x-permission": permission, "x-summary": {"zh": zh, "en": en}}
        if media:
            binary = {"schema": {"type": "string", "format": "binary"}}
            extra["responses"] = {status: {"content": {media: binary}}}
        errors: dict[int, type[BaseModel]] = dict.fromkeys(OPEN if public else SIGNED_IN, Problem)
        router.add_api_operation(
            path,
            [method.upper()],
            checked,
            response={status: response, **errors},
            summary=f"{zh} / {en}",
            operation_id=view.__name__,
            auth=None if public else sign_in(permission),
            openapi_extra=extra,
            **options,
        )
        known = _names(router, path)
        return checked

    return decorate


@dataclass(frozen=True, slots=True)
class _Names:
    """Names that an operation takes in its address, and (None: no form) in the parts of its form."""

    query: frozenset[str]
    repeated: frozenset[str]
    form: frozenset[str] | None


def _names(router: Router, path: str) -> _Names:
    """The names of the operation declared last under `path`."""
    names: dict[str, set[str]] = {"query": set(), "form": set(), "file": set()}
    repeated: set[str] = set()
    for model in router.path_operations[path].operations[-1].models:
        source = str(model.__ninja_param_source__)
        if source in names:
            names[source] |= set(model.model_fields)
            repeated |= set(getattr(model, "__ninja_collection_fields__", ()))
    form = names["form"] | names["file"]
    return _Names(frozenset(names["query"]), frozenset(repeated), frozenset(form) if form else None)


def _refuse_unknown(request: HttpRequest, known: _Names) -> None:
    """A misspelt filter must not silently show everything, and of two values none may win silently."""
    fields: dict[str, list[str]] = {}
    given: list[tuple[MultiValueDict[str, Any], frozenset[str]]] = [(request.GET, known.query)]
    if known.form is not None:
        given += [(request.POST, known.form), (request.FILES, known.form)]
    for values, names in given:
        for name in values:
            if name not in names:
                available = ", ".join(sorted(names)) or "—"
                fields[openapi.printable(name)] = [_("没有这个参数。可用：%(known)s") % {"known": available}]
            elif len(values.getlist(name)) > 1 and name not in known.repeated:
                fields[name] = [_("只能给出一次。")]
    if fields:
        raise Malformed(fields)


class Malformed(Exception):
    """The request does not follow the document; `fields` says where."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__("malformed request")
        self.fields = dict(fields)


class Api(NinjaAPI):
    """The REST API with our error answers and our document."""

    def __init__(self, **options: Any) -> None:
        self.throttle_per_actor = PerActor()
        super().__init__(auth=sign_in(None), throttle=[self.throttle_per_actor], docs_url=None, **options)
        for kind, handler in (
            (DuikouError, self._told),
            (Malformed, self._malformed),
            (ValidationError, self._invalid),
            (IntegrityError, self._conflict),
            (AuthenticationError, self._unknown_caller),
            (Throttled, self._too_many),
            (Http404, self._missing),
            (HttpError, self._plain),
            (Exception, self._broken),
        ):
            self.add_exception_handler(kind, handler)
        self._document = cache(self._make_document)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The OpenAPI document, made once per address prefix."""
        return self._document(self.get_root_path(path_params or {}) if path_prefix is None else path_prefix)

    def _make_document(self, path_prefix: str) -> OpenAPISchema:
        document = super().get_openapi_schema(path_prefix=path_prefix)
        openapi.complete(document)
        return document

    def problem(
        self,
        request: HttpRequest,
        status: int,
        code: str,
        message: str,
        fields: Mapping[str, list[str]] | None = None,
    ) -> HttpResponse:
        """An error answer."""
        told = Problem(code=code, message=message, fields=dict(fields or {}))
        return HttpResponse(told.model_dump_json(), status=status, content_type=JSON)

    def _told(self, request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        assert isinstance(error, DuikouError)
        # 422 says that a request breaks the document. What follows it, but breaks a rule of
        # the business or does not fit the data, is a conflict: the caller's program is right.
        status = 409 if isinstance(error, Invalid) else error.status
        return self.problem(request, status, error.code, str(error.message), error.fields)

    def _malformed(self, request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        assert isinstance(error, Malformed)
        return self.problem(request, 422, "malformed", _("请求不符合接口约定，见 fields。"), error.fields)

    def _invalid(self, request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        assert isinstance(error, ValidationError)
        fields: dict[str, list[str]] = {}
        for entry in error.errors:
            if entry["loc"][0] == "file" and (name := str(entry["loc"][-1])) in request.POST:
                # The part is there, but read as text, which need not keep every byte.
                fields[name] = [_("上传的文件须带文件名（filename），否则无法逐字节保存。")]
        if fields:
            return self._told(request, Invalid(_("文件没有收下，见 fields。"), fields=fields))
        for entry in error.errors:
            where = ".".join(
                str(part) for part in entry["loc"] if part not in ("body", "query", "path", "form", "file")
            )
            fields.setdefault(openapi.printable(where) or "body", []).append(openapi.printable(entry["msg"]))
        return self._malformed(request, Malformed(fields))

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
        return self.problem(request, 429, "too_many", _("请求过于频繁，请稍后再试。"))

    def _missing(self, request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        return self.problem(request, 404, "missing", _("没有这条记录，或不在您的查看范围内。"))

    def _plain(self, request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        assert isinstance(error, HttpError)
        if error.status_code == 403:  # the framework's only refusal of its own
            return self.problem(
                request,
                403,
                "csrf",
                _("浏览器会话的写操作须带 CSRF 令牌（X-CSRFToken 头）；程序请使用接口令牌。"),
            )
        if error.status_code == 400:
            return self.problem(request, 400, "unreadable", _("请求正文不是可读取的 JSON。"))
        return self.problem(request, error.status_code, "error", error.message)

    def _broken(self, request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        log.error("api.failed", path=request.path, exc_info=error)
        return self.problem(
            request, 500, "broken", _("系统出错，本次操作没有保存。请稍后重试；若仍出错，请告知系统管理员。")
        )
