"""The hidden last level: of equally good plans every regime and every solver takes the same one.

Each pair has a 24-bit number that is mixed from the two hospitals' keys, never from
positions, so that the order of input does not matter. The plan with the least sum wins.
The number must be *mixed*: with a sum like a·supporter + b·recipient two exchanged pairs
weigh the same and the tie stays. 24 bits keep sums of a nation far below 2^53, where a
solver that counts in floating point is still exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from duikou.engines.pairing.optimise.model import Indexes, Ints, Problem

BITS = 24

_Words = npt.NDArray[np.uint64]


def column(problem: Problem) -> Ints:
    """Return the number of every candidate: the cost of the hidden last level."""
    return of_pairs(problem, problem.candidates.supporter, problem.candidates.recipient)


def of_pairs(problem: Problem, supporter: Indexes, recipient: Indexes) -> Ints:
    """Return the numbers of any pairs, candidates or not."""
    supporters = _words([one.key for one in problem.supporters], b"supporter")
    recipients = _words([one.key for one in problem.recipients], b"recipient")
    return _mixed(supporters[supporter] ^ recipients[recipient])


def hash_of(supporter_key: str, recipient_key: str) -> int:
    """Return the number of one pair."""
    return int(_mixed(_words([supporter_key], b"supporter") ^ _words([recipient_key], b"recipient")).item())


def _words(keys: Sequence[str], role: bytes) -> _Words:
    """Return 64 bits per key; the role keeps a hospital apart that is on both sides."""
    digests = b"".join(blake2b(key.encode(), digest_size=8, person=role).digest() for key in keys)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def _mixed(words: _Words) -> Ints:
    """Return the upper bits after the finishing steps of splitmix64, which wrap on purpose."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    words = words ^ (words >> np.uint64(31))
    return (words >> np.uint64(64 - BITS)).astype(np.int64)
