"""How alike two folded spellings are: what suggestions and the coding of free text are made of.

DuckDB's measures compare bytes, and two of a Lao letter's three bytes are the same for all of them, so any two Lao
words would be alike. Before they are compared, words are reduced to letters and digits, one byte each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from ingestion.codelists import code_rows, load_code_list, unknown_code
from ingestion.sql import quoted

LAO = "".join(map(chr, range(0x0E81, 0x0EDE)))
THAI = "".join(map(chr, range(0x0E01, 0x0E5C)))
ONE_BYTE = "".join(map(chr, range(33, 127)))

SUGGESTED_FROM = 0.7
"""Below this a suggestion is more often noise than help (tried on misspelt provinces and countries, 2026-11)."""
SUGGESTIONS = 3
SHORTEST_PART = 4
FAR_FROM = 0.6
"""Below this the cheaper of the two measures already says that words are not alike."""
REMEMBERED = 10_000
_SUGGESTED: dict[tuple[str, str], list[Suggestion]] = {}
"""The same misspellings come month after month, so each is looked up once per process."""

SMALL_WORDS = "a|an|and|at|for|in|of|on|the|to|with"


@dataclass(frozen=True)
class Suggestion:
    """A member of a code list whose spelling is near; for a person to consider, never applied."""

    code: str
    label_en: str
    label_lo: str
    score: float


def load_titles(con: duckdb.DuckDBPyConnection, code_list: str) -> str:
    """Create (once per connection) the temp table of a list's spellings as they are compared, and return its name.

    Shape: ``code``, ``key``, ``title`` (the bare key), ``script``, ``words``. With it the macros ``bare(key)``, ``script_of(key)``,
    ``word_set(key)`` and ``likeness(one, other)`` (of bare keys, 0 to 1) are there.
    """
    table = f"titles_{code_list}"
    try:
        con.execute(f"from {table} limit 0")
    except duckdb.CatalogException:
        _load_macros(con)
        con.execute(
            f"""
            create temp table {table} as
            select code, key, bare(key) as title, script_of(key) as script, word_set(key) as words
            from {load_code_list(con, code_list)} where length(title) > 1 and code is distinct from {quoted(unknown_code(code_list) or "")}
            """
        )
    return table


def _load_macros(con: duckdb.DuckDBPyConnection) -> None:
    letters = "regexp_replace(key, '[^\\p{L}\\p{M}\\p{Nd}]', '', 'g')"
    for script in (LAO, THAI):
        letters = f"translate({letters}, {quoted(script)}, {quoted(ONE_BYTE[: len(script)])})"
    words = f"string_split_regex(regexp_replace(key, '[^a-z]+|\\b({SMALL_WORDS})\\b', ' ', 'g'), ' +')"
    singular = "list_transform({}, lambda word: case when length(word) > 3 then regexp_replace(word, 's$', '') else word end)"
    con.execute(f"create or replace temp macro bare(key) as {letters}")
    con.execute(
        "create or replace temp macro script_of(key) as "
        "case when regexp_matches(key, '\\p{Lao}') then 'lao' when regexp_matches(key, '\\p{Thai}') then 'thai' else 'latin' end"
    )
    con.execute(
        f"create or replace temp macro word_set(key) as "
        f"list_sort(list_distinct(list_filter({singular.format(words)}, lambda word: word <> '')))"
    )
    con.execute(
        "create or replace temp macro likeness(one, other) as (jaro_winkler_similarity(one, other) + 1 "
        "- damerau_levenshtein(one, other) / greatest(strlen(one), strlen(other), 1)) / 2"
    )


def suggestions(con: duckdb.DuckDBPyConnection, code_list: str, spellings: Iterable[str]) -> dict[str, list[Suggestion]]:
    """For each unrecognised spelling the few members of the list that may have been meant, the likeliest first.

    Two words of one script are compared by likeness, or one is a part of the other ("Vientiane" of both its
    provinces). The unknown member is never suggested.
    """
    wanted = sorted(set(spellings))
    if len(_SUGGESTED) > REMEMBERED:
        _SUGGESTED.clear()
    if new := [spelling for spelling in wanted if (code_list, spelling) not in _SUGGESTED]:
        _SUGGESTED.update({(code_list, spelling): near for spelling, near in _likely(con, code_list, new).items()})
    return {spelling: _SUGGESTED.get((code_list, spelling), []) for spelling in wanted}


def _likely(con: duckdb.DuckDBPyConnection, code_list: str, spellings: list[str]) -> dict[str, list[Suggestion]]:
    listed = load_titles(con, code_list)
    rows = con.execute(
        f"""
        with asked as (
            select spelling, bare(key) as bare_key, script_of(key) as script
            from (select spelling, fold(spelling) as key from (select unnest(?::varchar[]) as spelling)) where length(bare_key) > 1
        ),
        scored as (
            select spelling, code, max(greatest(
                case when jaro_winkler_similarity(bare_key, title) > {FAR_FROM} then likeness(bare_key, title) end,
                case when least(strlen(bare_key), strlen(title)) >= {SHORTEST_PART}
                    and (contains(title, bare_key) or contains(bare_key, title))
                then 0.7 + 0.3 * least(strlen(bare_key) / strlen(title), strlen(title) / strlen(bare_key)) end
            )) as score
            from asked join {listed} using (script) group by all
        ),
        labelled as (
            select scored.*, label_en, label_lo from scored join {code_rows(code_list)} using (code) where score >= {SUGGESTED_FROM}
        )
        select spelling, code, label_en, label_lo, round(score, 2) from labelled
        qualify row_number() over (partition by spelling order by score desc, code) <= {SUGGESTIONS}
        order by spelling, score desc, code
        """,
        [spellings],
    ).fetchall()
    found: dict[str, list[Suggestion]] = {spelling: [] for spelling in spellings}
    for spelling, *suggestion in rows:
        found[spelling].append(Suggestion(*suggestion))
    return found
