"""The same checks in Great Expectations: run by its own interpreter, needs nothing of the product.

python casemix_checks_gx.py PAGES.csv     prints CPU seconds, version and counts as JSON
"""

from __future__ import annotations

import json
import sys
import time
import warnings

DISPOSITIONS, SEXES, ROUTES, CONDITIONS = [1, 2, 3, 4, 5, 9], [0, 1, 2, 9], [1, 2, 3, 9], [1, 2, 3, 4]

# rule and column -> the columns it reads, and what is expected of them
SAME_CHECKS: dict[str, tuple[tuple[str, ...], tuple[str, dict]]] = {
    **{
        f"FP-101:{name}": ((name,), ("ExpectColumnValuesToNotBeNull", {"column": name}))
        for name in ("hospital", "record_no", "admitted", "discharged", "sex", "age_years", "pdx", "total")
    },
    "FP-121:sex": (("sex",), ("ExpectColumnValuesToBeInSet", {"column": "sex", "value_set": SEXES})),
    "FP-122:disposition": (
        ("disposition",),
        ("ExpectColumnValuesToBeInSet", {"column": "disposition", "value_set": DISPOSITIONS}),
    ),
    "FP-123:route": (("route",), ("ExpectColumnValuesToBeInSet", {"column": "route", "value_set": ROUTES})),
    "FP-124:pdx_condition": (
        ("pdx_condition",),
        ("ExpectColumnValuesToBeInSet", {"column": "pdx_condition", "value_set": CONDITIONS}),
    ),
    "FP-201:discharged": (
        ("discharged", "admitted"),
        (
            "ExpectColumnPairValuesAToBeGreaterThanB",
            {
                "column_A": "discharged",
                "column_B": "admitted",
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
            },
        ),
    ),
    "FP-206:age_years": (
        ("age_years",),
        ("ExpectColumnValuesToBeBetween", {"column": "age_years", "min_value": 0, "max_value": 120}),
    ),
    "FP-209:stay_days": (
        ("stay_days",),
        ("ExpectColumnValuesToBeBetween", {"column": "stay_days", "min_value": 1}),
    ),
    "FP-211:age_days": (
        ("age_days",),
        ("ExpectColumnValuesToBeBetween", {"column": "age_days", "min_value": 0, "max_value": 365}),
    ),
    "FP-311:birth_weight": (
        ("birth_weight",),
        ("ExpectColumnValuesToBeBetween", {"column": "birth_weight", "min_value": 100, "max_value": 9999}),
    ),
    "FP-311:admission_weight": (
        ("admission_weight",),
        (
            "ExpectColumnValuesToBeBetween",
            {"column": "admission_weight", "min_value": 100, "max_value": 9999},
        ),
    ),
    "FP-401:pdx": (
        ("pdx",),
        ("ExpectColumnValuesToMatchRegex", {"column": "pdx", "regex": "^[A-Z][0-9]{2}"}),
    ),
    "FP-402:dx01": (
        ("dx01",),
        ("ExpectColumnValuesToMatchRegex", {"column": "dx01", "regex": "^[A-Z][0-9]{2}"}),
    ),
    "FP-701:total": (
        ("total",),
        ("ExpectColumnValuesToBeBetween", {"column": "total", "min_value": 0, "strict_min": True}),
    ),
    "FP-702:own": (("own",), ("ExpectColumnValuesToBeBetween", {"column": "own", "min_value": 0})),
    "FP-706:own": (
        ("own", "total"),
        (
            "ExpectColumnPairValuesAToBeGreaterThanB",
            {
                "column_A": "total",
                "column_B": "own",
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
            },
        ),
    ),
    "FP-714:total": (
        ("total",),
        ("ExpectColumnValuesToBeBetween", {"column": "total", "max_value": 1_000_000_000}),
    ),
}


def main() -> None:
    """Read the pages, then validate them and print the CPU seconds of the validation alone."""
    warnings.simplefilter("ignore")
    import great_expectations as gx
    import pandas as pd

    texts = ("hospital", "record_no", "pdx", "dx01")
    pages = pd.read_csv(
        sys.argv[1], dtype=dict.fromkeys(texts, "string"), parse_dates=["admitted", "discharged"]
    )
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("pages").add_dataframe_asset("pages")
    batch = asset.add_batch_definition_whole_dataframe("pages").get_batch({"dataframe": pages})
    suite = gx.ExpectationSuite(name="pages")
    for rule, (_, (kind, values)) in SAME_CHECKS.items():
        suite.add_expectation(getattr(gx.expectations, kind)(**values, meta={"rule": rule}))
    begin = time.process_time()
    result = batch.validate(suite, result_format="BASIC")
    seconds = time.process_time() - begin
    counts = {}
    for one in result.results:
        if one.exception_info.get("raised_exception"):
            raise SystemExit(f"{one.expectation_config.meta['rule']}: {one.exception_info}")
        counts[one.expectation_config.meta["rule"]] = one.result["unexpected_count"]
    print(json.dumps({"cpu": seconds, "version": gx.__version__, "counts": counts}))


if __name__ == "__main__":
    main()
