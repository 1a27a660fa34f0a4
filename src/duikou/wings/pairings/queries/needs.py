"""Declared needs and strengths, as far as the actor may see them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor, ScopedQuerySet
from duikou.engines.text import Text
from duikou.policy.loader import load_pack
from duikou.wings.pairings.models import Declaration, DeclarationBatch
from duikou.wings.pairings.queries.rounds import default_round


def specialty_titles() -> Mapping[str, Text]:
    """The specialties that can be named: id → title, of the newest round's pack."""
    round_ = default_round()
    if round_ is None:
        return {}
    return {key: one.title for key, one in load_pack(round_.policy_pack).specialties.items()}


def declarations(actor: Actor) -> ScopedQuerySet:
    """What hospitals of the actor's area declared, newest year first within each hospital."""
    found: ScopedQuerySet = (
        Declaration.objects.visible_to(actor)
        .select_related("hospital")
        .order_by("hospital__name", "hospital_id", "-year", "kind", "specialty")
    )
    return found


def declaration(actor: Actor, pk: int) -> Declaration:
    """One declared fact; raises Missing."""
    found = declarations(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这条填报，或它不在您的范围内。"))
    return found


def declaration_batches(actor: Actor) -> ScopedQuerySet:
    """Uploaded workbooks of the actor's area, newest first, without their bytes."""
    found: ScopedQuerySet = (
        DeclarationBatch.objects.visible_to(actor).select_related("uploaded_by").defer("content")
    )
    return found


def declaration_batch(actor: Actor, pk: int) -> DeclarationBatch:
    """One workbook; raises Missing."""
    found = declaration_batches(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这个导入批次，或它不在您的范围内。"))
    return found
