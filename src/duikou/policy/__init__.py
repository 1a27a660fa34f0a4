"""Policy as data: typed packs of rules, catalogues and dates, each with its clause.

Nothing of the policy is written in Python. `load_pack("zhejiang-2014")` returns a
resolved `Pack`; a pack that is wrong is refused with a `PackError` that lists every
fault with file, line and reason in Chinese and English.
"""

from __future__ import annotations

from duikou.policy.errors import PackError, PackProblem
from duikou.policy.loader import available_packs, check_pack, load_pack
from duikou.policy.model import Pack, Rule

__all__ = ["Pack", "PackError", "PackProblem", "Rule", "available_packs", "check_pack", "load_pack"]
