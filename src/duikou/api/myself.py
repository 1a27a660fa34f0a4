"""Routes about the caller: who I am, my tokens, and the search over what I may see."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core import tokens
from duikou.core.models import ApiToken
from duikou.core.rest import Answer, Body, Call, Days, Few, Id, Limit, Offset, Page, operation, page_of
from duikou.core.rest.types import TEXT_PATTERN
from duikou.core.search.query import find
from duikou.core.waiting import everything

router = Router(tags=["self"])
search = Router(tags=["search"])


class OwnGrant(Answer):
    """A role that the caller holds today."""

    role: str
    org_id: int
    org_kind: str
    org_name: str


class WaitingItem(Answer):
    """Something that waits for the caller, with the page where it is done."""

    kind: str
    label: str
    count: int
    url: str


class Me(Answer):
    """Who calls, and what they may do: with a token, no more than the token allows."""

    id: int
    name: str
    grants: list[OwnGrant]
    permissions: list[str]
    limited: bool
    waiting: list[WaitingItem]


@operation(router, "GET", "/me", response=Me, permission=None, zh="我", en="Me")
def get_me(request: Call) -> Any:
    """The caller's grants and permissions, and what waits for them."""
    actor = request.actor
    return {
        "id": actor.user_id,
        "name": actor.label,
        "grants": list(actor.grants),
        "permissions": sorted(actor.permissions),
        "limited": actor.limit is not None,
        "waiting": everything(actor),
    }


class TokenItem(Answer):
    """One of the caller's tokens. The token itself is shown once, when it is made."""

    id: int
    name: str
    hint: str
    scopes: list[str]
    created_at: dt.datetime
    expires_at: dt.datetime
    last_used_on: dt.date | None
    revoked_at: dt.datetime | None


@operation(
    router,
    "GET",
    "/tokens",
    response=Page[TokenItem],
    permission="token.manage",
    zh="我的接口令牌",
    en="My API tokens",
)
def list_tokens(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Newest first, expired and revoked ones included."""
    return page_of(tokens.of(request.actor).order_by("-created_at", "-id"), limit, offset)


class NewToken(Body):
    """What a token is for, what it allows (ids of permissions), and for how many days."""

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=TEXT_PATTERN)]
    scopes: Annotated[
        list[Annotated[str, Field(max_length=40, pattern=r"^[a-z]+\.[a-z]+$")]],
        Field(min_length=1, max_length=60),
    ]
    days: Days = 90


class CreatedToken(TokenItem):
    """A new token with its secret."""

    token: str


@operation(
    router,
    "POST",
    "/tokens",
    response=CreatedToken,
    permission="token.manage",
    status=201,
    zh="创建接口令牌",
    en="Make a token",
)
def create_token(request: Call, body: NewToken) -> Any:
    """From a signed-in browser only: a token makes no tokens. Never allows more than its owner may."""
    row, secret = tokens.create(actor=request.actor, name=body.name, scopes=body.scopes, days=body.days)
    return {**_token(row), "token": secret}


def _token(row: ApiToken) -> dict[str, Any]:
    return {name: getattr(row, name) for name in TokenItem.model_fields}


@operation(
    router,
    "POST",
    "/tokens/{token_id}/revoke",
    response=TokenItem,
    permission="token.manage",
    zh="停用令牌",
    en="Revoke a token",
)
def revoke_token(request: Call, token_id: Id) -> Any:
    """For good; also the token that makes this call."""
    tokens.revoke(actor=request.actor, token_id=token_id)
    return tokens.of(request.actor).get(pk=token_id)


class HitItem(Answer):
    """One thing found; `address` is its page."""

    source: str
    id: int
    title: str
    detail: str
    address: str


@operation(search, "GET", "/search", response=list[HitItem], permission=None, zh="搜索", en="Search")
def search_everything(
    request: Call,
    q: Annotated[str, Field(min_length=1, max_length=60, pattern=TEXT_PATTERN)],
    source: Literal["hospital", "division", "pairing", "person"] | None = None,
    limit: Few = 20,
) -> Any:
    """By Chinese (two characters suffice), pinyin or initials; old and misspelt names are found, too.

    Only what the caller may see, best first.
    """
    hits = find(q, actor=request.actor, source=source, limit=limit)
    return [
        {"source": h.source.id, "id": h.target_id, "title": h.title, "detail": h.detail, "address": h.address}
        for h in hits
    ]
