"""The one form in which two spellings of a word are equal, for Lao, Thai and Latin text.

What a reader cannot see, or what typists and fonts do differently for the same word, is made the same: the order
of marks over and under a letter, marks typed twice, ຳ in one piece or two, ເເ for ແ, ຫຼ ຫລ, ໜ ຫນ, ໝ ຫມ, invisible
characters, kinds of blanks, dashes and apostrophes, digits, case. What a reader does see is kept: two words that
differ in a letter, a vowel or a tone stay two.
"""

from __future__ import annotations

import duckdb

from ingestion.sql import quoted

DIGITS = "໐໑໒໓໔໕໖໗໘໙๐๑๒๓๔๕๖๗๘๙"
ASCII_DIGITS = "0123456789" * 2
BLANKS = "\t\n\x0b\x0c\r\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
DASHES = "‐‑‒–—―−﹣－"
APOSTROPHES = "’‘ʼ`´"
INVISIBLE = "".join(map(chr, (0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)))

# Marks in the order in which they end up behind their letter. Unicode leaves the order of most as typed (combining
# class 0), so NFC and NFKC tell apart words that look the same. The vowels that stand to the right come last, because
# a tone that was typed behind them belongs to the letter before.
LAO_MARKS = "ຼຸູັິີຶືົໍ່້໊໋໌າະ"
THAI_MARKS = "ฺุู็ัิีึืํ่้๊๋์๎าะ"
MARKS = LAO_MARKS + THAI_MARKS
# The same marks as consecutive private characters, so that sorting puts a run of them in order.
RANKS = "".join(chr(0xE000 + number) for number in range(len(MARKS)))

_FOLDED: dict[str, str] = {}
PIECES = {"ຳ": "ໍາ", "ำ": "ํา", "ເເ": "ແ", "เเ": "แ", "ໜ": "ຫນ", "ໝ": "ຫມ"}


def with_ascii_digits(text: str) -> str:
    """Lao and Thai digits as ASCII digits."""
    return text.translate(str.maketrans(DIGITS, ASCII_DIGITS))


def load_fold(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``fold(text)`` available on the connection."""
    con.execute(f"create or replace temp macro fold(spelling) as {_folded('spelling')}")


def fold_all(con: duckdb.DuckDBPyConnection, words: list[str]) -> list[str]:
    """Each of a few words folded; headings and declared spellings are the same month after month, so each once per process."""
    if new := sorted(set(words) - _FOLDED.keys()):
        folded = con.execute("select list_transform(?::varchar[], lambda word: fold(word))", [new]).fetchone()[0]
        _FOLDED.update(zip(new, folded, strict=True))
    return [_FOLDED[word] for word in words]


def _folded(spelling: str) -> str:
    # translate() drops what has no partner. Planning is what folding costs a small file, and it plans faster than a pattern.
    single = DIGITS + BLANKS + DASHES + APOSTROPHES + INVISIBLE + RANKS
    partner = ASCII_DIGITS + " " * len(BLANKS) + "-" * len(DASHES) + "'" * len(APOSTROPHES)
    plain = f"translate(lower(nfc_normalize(translate({spelling}, {quoted(INVISIBLE)}, ''))), {quoted(single)}, {quoted(partner)})"
    for piece, parts in PIECES.items():
        plain = f"replace({plain}, '{piece}', '{parts}')"
    # The lambda binds the word once; few words have two marks behind one letter and need them sorted.
    sorted_word = f"case when regexp_matches(word, '[{MARKS}][{MARKS}]') then {_marks_sorted('word')} else word end"
    word = f"list_transform([{plain}], lambda word: {sorted_word})[1]"
    return f"trim(regexp_replace(regexp_replace(replace({word}, 'ຫຼ', 'ຫລ'), ' *-+ *', '-', 'g'), ' +', ' ', 'g'))"


def _marks_sorted(word: str) -> str:
    runs = f"regexp_extract_all(translate({word}, '{MARKS}', '{RANKS}'), '[{RANKS}]+|[^{RANKS}]+')"
    is_run = f"ascii(run) between {ord(RANKS[0])} and {ord(RANKS[-1])}"
    in_order = "array_to_string(list_sort(list_distinct(string_split(run, ''))), '')"
    joined = f"array_to_string(list_transform({runs}, lambda run: case when {is_run} then {in_order} else run end), '')"
    return f"translate({joined}, '{RANKS}', '{MARKS}')"
