"""Lao text from before Unicode, which looks like Latin letters to any program: recognised and refused, never converted.

Two kinds are in old files. Fonts such as Saysettha Lao put Lao letters where Latin-1 has its signs (ລາວ is ``ì¾¸``);
others, and a keyboard left in English, put them where the keys of the Lao keyboard are (ສັນຊາດ is ``lao-kf``). Many
of these fonts move the digits too, so the numbers beside such text cannot be trusted, whatever they look like.
"""

from __future__ import annotations

import duckdb

from ingestion.sql import quoted

# Signs of Latin-1 that a word in any language hardly ever has twice. Left out: º ª ° · « » ´, which names do have.
SIGNS = "¡¢£¤¥¦§¨©¬®¯±²³µ¶¸¹¼½¾¿÷"
FEWEST_SIGNS = 2
SIGNS_PER_LETTER = 4

# The Lao keyboard as Windows has it: key → letter.
KEYS = "1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./^%IOP}HJM<"
LETTERS = "ຢຟໂຖຸູຄຕຈຂຊໍົໄຳພະິີຮນຍບລັຫກດເ້່າສວງຜປແອຶືທມໃຝຼ໌ຣໜຽຫ໊໋ໆໝ"
SHORTEST_TYPED = 3
"""A word of one or two keys may be anything."""
REMEMBERED = 10_000
_KNOWN: dict[tuple[str, str], bool] = {}
"""The same unknown words come month after month, so each is looked at once per process."""


def has_signs(cell: str) -> str:
    """SQL: whether a cell looks like Lao in a font of the first kind. Text damaged by a wrong encoding looks the same."""
    signs = f"length(regexp_replace({cell}, '[^{SIGNS}]', '', 'g'))"
    return f"(strlen({cell}) > length({cell}) and {signs} >= {FEWEST_SIGNS} and {signs} * {SIGNS_PER_LETTER} >= length({cell}))"


def as_typed(cell: str) -> str:
    """SQL: the Lao word that the keys of a cell give on a Lao keyboard; null where that cannot tell anything."""
    is_short = f"strlen({cell}) > length({cell}) or length({cell}) < {SHORTEST_TYPED}"
    return f"case when {is_short} then null else translate({cell}, {quoted(KEYS)}, {quoted(LETTERS)}) end"


def legacy_words(con: duckdb.DuckDBPyConnection, words: list[str], wanted: list[str]) -> list[str]:
    """Those of a few words that are such text; of typed ones, those that give a word that is ``wanted``."""
    return (
        con.execute(
            f"""
        select list(word) from (select unnest(?::varchar[]) as word)
        where {has_signs("word")}
            or coalesce(list_contains(list_transform(?::varchar[], lambda one: fold(one)), fold({as_typed("word")})), false)
        """,
            [words, wanted],
        ).fetchone()[0]
        or []
    )


def mark_legacy(con: duckdb.DuckDBPyConnection, spelled: str, lists: dict[str, str]) -> None:
    """Set ``is_legacy`` in table ``spelled`` (field, text, code) for what no list knows and is such text.

    ``lists`` gives each field the table of folded spellings (``key``) that a word typed on a Lao keyboard could be.
    """
    unknown = f"from {spelled} where code is null and text is not null"
    odd = con.execute(f"select field, text {unknown} limit {REMEMBERED}").fetchall()
    if len(odd) < REMEMBERED and all(_KNOWN.get((lists[field], text)) is False for field, text in odd):
        return
    keys = " union all ".join(f"select {quoted(field)} as field, key from {table}" for field, table in lists.items())
    con.execute(
        f"""
        update {spelled} set is_legacy = {has_signs("text")} or coalesce(struct_pack(field := field, key := fold({as_typed("text")})) in (
            select struct_pack(field := field, key := key) from ({keys})
        ), false)
        where code is null and text is not null
        """
    )
    if len(_KNOWN) > REMEMBERED:
        _KNOWN.clear()
    if len(odd) < REMEMBERED:
        judged = con.execute(f"select field, text, is_legacy {unknown}").fetchall()
        _KNOWN.update({(lists[field], text): told for field, text, told in judged})
