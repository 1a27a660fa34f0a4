"""Policy reference in Markdown, generated from the packs (docs/policy)."""

from __future__ import annotations

from duikou.policy.docs.pages import render_all

__all__ = ["render_all"]
