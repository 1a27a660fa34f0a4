"""Propose the best round: who supports whom, proved and explained.

A `Problem` says what may be paired and what is wanted; `solve` returns a `Plan` with
its proof. The rooms: `model` (the typed values), `build` (a round, its rules, `facts`
and `options` become a problem), `network` and `lexicographic` (the regime that is a
minimum-cost flow), `exact`, `bounds` and `blocks` (the regime with rules that break the
network), `contradiction` (why nothing fits: `hard` counts, `relax` finds ways out),
`verify` (recompute a plan from its pairs alone), `reasons`, `explain`, `counties` and
`prices` (why this plan: `standing` counts swaps, `costs` solves again, `instant` answers
at once), `problemfile` and `planfile` (JSON in and out), `solve` (chooses the regime).
"""
