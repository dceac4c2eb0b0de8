"""Free text → code of a list, with a score: occupations as people type them.

What no list knows is compared with what the lists know, and takes a code only where the likeness is beyond doubt;
all else stays unknown. `tests/unit/test_occupations.py` measures how often that is right.
"""

from __future__ import annotations

import duckdb

from ingestion.likeness import REMEMBERED, load_titles
from ingestion.sql import quoted

CODED_FROM = 0.87
"""Free text takes a code from this score on; tests/unit/test_occupations.py measures what that gives."""
SHORTEST_PART, LONGEST_ENDING = 6, 2
MOST_SPELLINGS = 2000
"""Distinct unlisted spellings of one file that are compared, the commonest first: the work stays under a second."""
SHARED_BY = 5
"""Rows of one file that must carry an unlisted free text before it lands: a name that someone typed is not shared."""
# One who helps a carpenter is no carpenter, and a word that only such a person's title has changes every title.
HELPERS = "help|assist|train|apprentic|ຊ່ວຍ|ຝຶກ|ช่วย|ฝึก"
MANY_DIGITS = 5
_CODED: dict[tuple[str, str], tuple[str, float] | None] = {}
"""The same texts come month after month, so each is compared once per process."""


def settle_free_text(con: duckdb.DuckDBPyConnection, field: str, code_list: str, sent: str) -> None:
    """Give ``map_codes`` of a field its codes by likeness, and say which texts may be kept.

    A text is kept as sent where it is a listed spelling or ``SHARED_BY`` rows of the file carry it; a name or a
    telephone number that someone typed into the cell is neither, and stays in the archive.
    """
    con.execute(
        f"""
        create or replace temp table free_texts as
        select key, sum(sent.times)::bigint as times, bool_and(code is null and not is_legacy) as is_open
        from (select "{field}" as raw, count(*) as times from {sent} group by all) as sent
        join map_codes using (raw) where field = {quoted(field)} group by key
        """
    )
    open_texts = con.execute(f"select key from free_texts where is_open order by times desc, key limit {MOST_SPELLINGS}").fetchall()
    keys = [key for (key,) in open_texts]
    if coded := {key: found for key, found in coded_texts(con, code_list, keys).items() if found}:
        con.execute(
            "update map_codes set code = found.code, score = found.score "
            "from (select unnest($1::varchar[]) as key, unnest($2::varchar[]) as code, unnest($3::double[]) as score) as found "
            f"where map_codes.key = found.key and field = {quoted(field)}",
            [list(coded), [code for code, _score in coded.values()], [score for _code, score in coded.values()]],
        )
    has_number = f"length(regexp_replace(text, '\\P{{Nd}}', '', 'g')) >= {MANY_DIGITS}"
    con.execute(
        f"update map_codes set kept_text = case when (score = 1 or times >= {SHARED_BY}) and not {has_number} then text end "
        f"from free_texts where map_codes.key = free_texts.key and field = {quoted(field)}"
    )


def coded_texts(con: duckdb.DuckDBPyConnection, code_list: str, keys: list[str]) -> dict[str, tuple[str, float] | None]:
    """Folded text → code and score, or None.

    Three ways lead to a score, and the best counts: the same words in another order (0.95), likeness, and a listed
    title that is part of the text, more the more of the text it is. What is added to a listed title mostly names a
    narrower kind of work, so such a text gets the sub-major group (two digits) only. A text stays without a code below
    ``CODED_FROM``, where two different codes score alike, or where it holds two listed titles of different work.
    """
    if len(_CODED) > REMEMBERED:
        _CODED.clear()
    if new := [key for key in keys if (code_list, key) not in _CODED]:
        found = {key: (code, score) for key, code, score in con.execute(_coding(load_titles(con, code_list)), [new]).fetchall()}
        _CODED.update({(code_list, key): found.get(key) for key in new})
    return {key: _CODED.get((code_list, key)) for key in keys}


def _coding(listed: str) -> str:
    return f"""
        with asked as (
            select key, bare(key) as bare_key, script_of(key) as script, word_set(key) as words, regexp_matches(key, '{HELPERS}') as helps
            from (select unnest(?::varchar[]) as key) where length(bare_key) > 2
        ),
        listed as materialized (
            select *, regexp_matches(key, '{HELPERS}') as helps
            from {listed} where length(title) > 2 and not regexp_full_match(title, '[0-9]+')
        ),
        near as (
            select asked.key, asked.bare_key, listed.code, listed.title,
                len(asked.words) > 0 and asked.words = listed.words as same_words,
                strlen(title) >= {SHORTEST_PART} and contains(asked.bare_key, title) as is_part,
                jaro_winkler_similarity(asked.bare_key, title, {2 * CODED_FROM - 1}) > 0 as is_like
            from asked join listed on asked.script = listed.script and asked.helps = listed.helps
                and strlen(title) between 0.25 * strlen(asked.bare_key) and 2 * strlen(asked.bare_key)
            where same_words or is_part or is_like
        ),
        scored as (
            select *, is_part and not same_words and strlen(bare_key) > strlen(title) + {LONGEST_ENDING} as is_narrower,
                greatest(
                    case when same_words then 0.95 end,
                    case when is_like then likeness(bare_key, title) end,
                    case when is_part then 0.7 + 0.3 * strlen(title) / strlen(bare_key) end
                ) as score
            from near
        ),
        best as (
            select key, arg_max(code, score) as code, max(score) as score, arg_max(title, score) as title,
                arg_max(is_narrower, score) as is_narrower
            from scored group by key having max(score) >= {CODED_FROM}
        )
        select best.key, any_value(case when best.is_narrower then left(best.code, 2) else best.code end) as code,
            any_value(best.score) as score
        from best join scored using (key)
        group by best.key
        having not bool_or(scored.code <> best.code and scored.score = best.score)
            and not bool_or(
                scored.is_part and not contains(best.title, scored.title)
                and not starts_with(scored.code, best.code) and not starts_with(best.code, scored.code)
            )
    """
