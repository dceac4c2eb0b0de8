"""Fellegi and Sunter's model of two registers, with splink: how much likelier a pair is if it is one person than if not."""

from __future__ import annotations

import logging

import duckdb
import pandas as pd
from splink import DuckDBAPI, Linker, SettingsCreator
from splink.blocking_rule_library import CustomRule
from splink.comparison_level_library import CustomLevel, ElseLevel, ExactMatchLevel, NullLevel
from splink.comparison_library import CustomComparison, ExactMatch

from sample_data.linking.registers import FOLLOWED_DAYS, Registers

LANDED = ("sex", "birth_year", "province", "country")
WITHIN_A_YEAR = f"r.day between l.day + 1 and l.day + {FOLLOWED_DAYS}"
BLOCKS = [f"l.sex = r.sex and l.birth_year = r.birth_year + {years}" for years in (0, 1, -1)]
U_PAIRS = 2e6
PRIOR = 1e-5
"""Of all pairs, about how many are one person; a start for expectation maximisation, and taken out of the weights again."""

# The first deployment within a year under the number of the return: what the document tells, and what a model may learn from.
LABELS = f"""
select 'returns' as source_dataset_l, l.number as unique_id_l, 'to_deployments' as source_dataset_r, r.number as unique_id_r,
    ({" or ".join(BLOCKS)}) as in_blocks
from returns_register as l inner join deployments_register as r on l.person = r.person
where l.is_known and {WITHIN_A_YEAR}
qualify row_number() over (partition by l.number order by r.day) = 1
"""
# Pairs outside the blocks are not scored. They count with what falls there by the labels; where a return lacks what the blocks
# need, its features tell nothing.
EVIDENCE = """
with scored as (
    select unique_id_l as number, unique_id_r as deployment, 2 ** match_weight * (1 - {prior}) / {prior} as ratio from {predictions}
),
summed as (
    select scored.number, sum(ratio) as ratios, max(ratio) as best, arg_max(deployments_register.person, ratio) as person
    from scored inner join deployments_register on scored.deployment = deployments_register.number
    group by scored.number
)
select
    returns_register.number, leaves_again,
    case when sex is null or birth_year is null then 1
        else coalesce(ratios, 0) / candidates + 1 - (select avg(cast(in_blocks as integer)) from labels) end as likelihood,
    coalesce(best, 0) / candidates as best,
    coalesce(summed.person = returns_register.person, false) as best_is_right
from returns_register left join summed using (number)
where {to_link}
order by returns_register.number
"""


def evidence(registers: Registers, features: tuple[str, ...], to_link: str, learns: str = "documents") -> pd.DataFrame:
    """What the model says of each return for which ``to_link`` (a condition on its columns) holds.

    ``learns``: from the returns that a document links ("documents"), or from the returns to be linked alone, by expectation
    maximisation ("itself").

    Returns:
        ``likelihood``: of what is written of the return if it left again, relative to if not (the mean over its candidates of how
        much likelier the pair is if it is one person); ``best``: what the best candidate adds to it; ``best_is_right``;
        ``leaves_again``, the truth.
    """
    with duckdb.connect() as con:
        for name in ("returns", "deployments"):
            con.register("frame", getattr(registers, name))
            con.execute(f"create table {name}_register as from frame")
            con.unregister("frame")
        con.execute(f"create table labels as {LABELS}")
        predictions = _trained(con, features, to_link, learns).inference.predict(warning_mode="never")
        return con.execute(EVIDENCE.format(predictions=predictions.physical_name, to_link=to_link, prior=PRIOR)).df()


def alike(registers: Registers, features: tuple[str, ...]) -> float:
    """How many workers deployed within one year share all features with a worker (median over workers); 1 identifies."""
    last_year = registers.deployments[registers.deployments["day"] > registers.deployments["day"].max() - FOLLOWED_DAYS]
    return float(last_year.groupby(list(features), dropna=False)["number"].transform("size").median())


def _trained(con: duckdb.DuckDBPyConnection, features: tuple[str, ...], to_link: str, learns: str) -> Linker:
    """``u`` from random pairs; ``m`` as told."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    columns = ", ".join(["number as unique_id", "day", *features])
    con.execute(f"create table returns_sent as select {columns}, {to_link} as to_link from returns_register")
    con.execute(f"create table deployments_sent as select {columns}, false as to_link from deployments_register")
    api = DuckDBAPI(con)
    tables = [api.register("returns_sent", table_name="returns"), api.register("deployments_sent", table_name="to_deployments")]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[_comparison(feature) for feature in features],
        blocking_rules_to_generate_predictions=[CustomRule(f"{block} and l.to_link and {WITHIN_A_YEAR}") for block in BLOCKS],
        probability_two_random_records_match=PRIOR,
        retain_matching_columns=False,
    )
    linker = Linker(tables, settings, log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=1, min_count_per_level=None)
    if learns == "documents":
        linker.training.estimate_m_from_pairwise_labels(api.register("labels", table_name="pairs"))
    else:
        for block in ("l.birth_year = r.birth_year", "l.sex = r.sex and l.province = r.province"):
            rule = CustomRule(f"{block} and l.to_link and {WITHIN_A_YEAR}")
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def _comparison(feature: str) -> CustomComparison | ExactMatch:
    if feature == "birth_year":
        near = CustomLevel("abs(birth_year_l - birth_year_r) <= 1")
        return CustomComparison([NullLevel(feature), ExactMatchLevel(feature), near, ElseLevel()], output_column_name=feature)
    compared = ExactMatch(feature)
    return compared.configure(term_frequency_adjustments=True) if feature.endswith("_key") else compared
