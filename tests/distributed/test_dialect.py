"""Where DuckDB and Spark answer the same words differently without an error: both are asked, and must answer alike."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from ingestion.paths import PROJECT
from tests.distributed.conftest import SPARK_PYTHON

pytestmark = pytest.mark.spark

MONEY = "decimal(18, 2)"
QUERIES = {
    "every match of a pattern": r"select regexp_replace('a  b   c', '\s+', ' ', 'g'), regexp_replace('ກ  ຂ', '\s+', ' ', 'g')",
    "a pattern that is not there": r"select regexp_extract('of 2024', '\d{4}'), regexp_extract('none', '\d{4}')",
    "nulls come last, down and up": """
        select row_number() over (order by a) as up, row_number() over (order by a desc) as down from (values (1), (null), (2)) as t(a)""",
    "division is of doubles": f"select 7 / 2, cast(1 as {MONEY}) / cast(3 as {MONEY}), 1.5 / 2",
    "whole division cuts off": "select 7 // 2, -7 // 2, -7 % 2, 20251231 // 100",
    "doubles are rounded as they are": "select round(0.285 / 1, 2), round(cast(2.675 as double), 2), round(-2.5 / 1, 0)",
    "columns of doubles, too": "select round(d, 2), round(m, 1) from (select 0.285 / 1 as d, cast(0.25 as decimal(18, 2)) as m)",
    "a double becomes a decimal": f"select cast(v as {MONEY}), cast(59860.29 / 14 as {MONEY}) from (select 59860.29 / 14 as v)",
    "a double becomes a whole number": "select cast(7 / 2 as bigint), cast(5 / 2 as integer), cast(-7 / 2 as bigint)",
    "decimals are rounded as they are": "select round(cast(0.285 as decimal(18, 3)), 2), round(cast(-0.285 as decimal(18, 3)), 2)",
    "a product of decimals keeps all its digits": f"select cast(123456.78 as {MONEY}) * cast(0.000046 as decimal(18, 6))",
    "a sum of decimals": f"select cast(sum(a) as {MONEY}) from (values (cast(0.10 as {MONEY})), (0.20), (null)) as t(a)",
    "a mean of decimals is a double": f"select avg(a) from (values (cast(0.10 as {MONEY})), (0.15)) as t(a)",
    "the median of decimals cuts off": f"select median(a) from (values (cast(0.01 as {MONEY})), (0.02)) as t(a)",
    "the median of counts": "select median(a) from (values (1), (2), (null), (10), (11)) as t(a)",
    "a median in a moving window": """
        select median(a) over (order by p rows between 2 preceding and 1 preceding) from (values (1, 5), (2, 7), (3, 1)) as t(p, a)""",
    "a key of md5": r"""
        select cast('0x' || substr(md5(concat_ws('|', coalesce(cast(a as varchar), '~'))), 1, 15) as bigint)
        from (values ('ລາວ'), (null), ('a|b')) as t(a)""",
    "a key of numbers and days": """
        select md5(concat_ws('|',
            cast(20251231 as varchar), cast(date '2025-12-31' as varchar), cast(true as varchar), cast(1.50 as varchar)))""",
    "texts that come together": """
        select 'a' || null, concat_ws('|', 'a', null, 'b'), 'T' || 5, upper(trim('  x ')), left('2025-12', 4), right('2025-12', 2)""",
    "backslashes and quotes": r"""select 'it''s', '\d', 'a"b', length('\\')""",
    "names in double quotes": 'select "Größe x" from (select 1 as "Größe x")',
    "a month ends where it ends": """
        select cast(date '2024-01-31' + interval 1 month as date), cast(date '2024-02-29' + interval 12 months as date),
            cast(date '2024-03-31' - interval 1 month as date), last_day(date '2024-02-10')""",
    "comparing a day with a day some time later": "select date '2024-03-01' > date '2024-02-15' + interval 15 days",
    "days between days": """
        select date_diff('day', a_on, b_on), a_on - b_on from (select date '2024-02-28' as a_on, date '2024-03-01' as b_on)""",
    "years that are complete": """
        select date_sub('year', b, d) from (values
            (date '2000-02-29', date '2001-02-28'), (date '2000-02-29', date '2001-02-27'), (date '2000-02-29', date '2004-02-28'),
            (date '1999-02-28', date '2000-02-28'), (date '1980-06-15', date '2020-06-14'), (date '1980-06-15', date '2020-06-15'),
            (date '2020-01-01', date '2019-12-31'), (date '2020-01-01', date '2018-06-30')) as t(b, d)""",
    "an hour between moments": "select timestamp '2024-01-01 01:00:00' - timestamp '2024-01-01 00:00:00' <= interval 1 hour",
    "days of the week": """
        select dayofweek(d), isodow(d), dayname(d), monthname(d), ['a', 'b', 'c', 'd', 'e', 'f', 'g'][isodow(d)]
        from (values (date '2024-01-07'), (date '2024-01-08'), (date '2024-01-13')) as t(d)""",
    "a place beyond a list": "select ['a', 'b'][3], ['a', 'b'][1]",
    "quarters and months": """
        select cast(date_trunc('quarter', d) as date), cast(date_trunc('year', d) as date), strftime(d, '%Y-%m'), quarter(d)
        from (values (date '2024-02-29'), (date '2024-12-31')) as t(d)""",
    "the day of a moment in Vientiane": "select cast(timestamptz '2024-01-01 18:30:00+00' as date)",
    "the same time on other days": """
        select count(distinct cast(m as time)), count(distinct hash(cast(m as time)))
        from (values (timestamp '2024-01-01 17:50:00'), (timestamp '2024-02-01 17:50:00'), (timestamp '2024-02-01 17:51:00')) as t(m)""",
    "dates in many forms": """
        select cast(try_strptime(v, ['%Y-%m-%d', '%Y_%m_%d', '%m/%d/%Y', '%B %Y', '%b%Y', '%b %Y', '%Y-%m', '%Y']) as date)
        from (values ('2024-02-29'), ('2023-02-29'), ('2023_10_26'), ('5/7/2020'), ('October 2023'), ('Oct2023'), ('oct 2023'), ('2024-03'),
            ('2024'), ('2024x'), ('data to 2024'), (null)) as t(v)""",
    "a day of digits": "select cast(try_strptime(v, '%Y%m%d') as date) from (values ('20240229'), ('20230229'), ('-1')) as t(v)",
    "what cannot be cast": "select try_cast('x' as bigint), try_cast('2024-13-01' as date)",
    "any value is one that is there": "select any_value(a) from (values (null), (3), (null)) as t(a)",
    "the row of the greatest": """
        select arg_max(a, b), arg_min(a, b), max_by(a, b) filter (where b < 3), arg_max(a, b) filter (where b > 5)
        from (values (null, 9), ('x', 1), ('y', 2), ('z', null)) as t(a, b)""",
    "the last in an order": """
        select last(a order by b, c), last(a order by b) filter (where b < 2)
        from (values ('x', 1, 1), ('y', 2, 1), (null, 2, 2)) as t(a, b, c)""",
    "the last where the order has a null": "select last(a order by b) from (values ('x', 1), ('y', null)) as t(a, b)",
    "the last value that is there": """
        select last_value(a ignore nulls) over (order by p rows between 7 preceding and current row)
        from (values (1, 5), (2, null), (3, 7)) as t(p, a)""",
    "a filter in a window": """
        select p, count(*) filter (where a > 1) over w, sum(a) filter (where a > 1) over w, max(a) filter (where a < 1) over w
        from (values (1, 1), (1, 2), (2, 3)) as t(p, a) window w as (partition by p)""",
    "a window made of a window": """
        select sum(a) over before from (values (1, 1), (2, 2), (3, 4)) as t(p, a)
        window series as (order by p), before as (series rows between 1 preceding and 1 preceding)""",
    "a year before": """
        select max(a) over (order by d range between interval 12 months preceding and interval 12 months preceding)
        from (values (date '2023-02-28', 1), (date '2024-02-28', 2), (date '2024-02-29', 3), (date '2025-02-28', 4)) as t(d, a)""",
    "rows as wholes": """
        select a, b from (values (1, 'x'), (2, 'y'), (2, null)) as t(a, b) qualify (a, b) = max((a, b)) over ()""",
    "the greatest and the least pass over nulls": "select greatest(1, null, 3), least(null, 2)",
    "all columns but some, and others in their place": """
        select * exclude (a) replace (b + 1 as b) from (select 1 as a, 2 as b, 3 as c) union all select 10, 20""",
    "columns by their names": """
        with one as (select 1 as a, 'x' as b), other as (select 'y' as b, 2.5 as c)
        select a, b, c from (select * from one union all by name select * from other)""",
    "lists become rows": "select unnest([1, 2]) as a, b from (values ('x'), ('y')) as t(b)",
    "structs become columns": """
        select k, unnest([{'a': k, 'b': 'x'}, {'a': k * 2, 'b': 'y'}], recursive := true) from (values (1), (2)) as t(k)""",
    "a series of nothing": "select unnest(range(a, b)) from (values (1, 3), (3, 3), (5, 3)) as t(a, b)",
    "a series of days": """
        select generate_series from generate_series(timestamp '2024-02-28', timestamp '2024-03-01', interval 1 day)""",
    "how often": """
        select g, cast(histogram(a) as map(bigint, bigint)) from (values (1, 7), (1, 5), (1, 7), (2, null)) as t(g, a) group by g""",
    "how often, of distinct pairs": """
        select list_aggregate(list_transform(list_distinct(list({'row': r, 'of': o})), lambda held: held.of), 'histogram')
        from (values (1, 7), (1, 7), (2, 7), (3, 8)) as t(r, o)""",
    "grouping sets of what can be added up": f"""
        select
            if(grouping(g) = 1, '_T', g) as of_g, if(grouping(h) = 1, '_T', h) as of_h, cast(histogram(k) as map(bigint, bigint)) as often,
            count(*) as seen, count(a) as there, count(a) filter (where a > 1) as more, count(distinct k) as kinds, sum(a) as total,
            sum(a) filter (where k = 9) as of_nine, if(min(k) = max(k), min(k), -1) as one, bool_or(a > 2) as any_more,
            bool_and(a > 0) as are_all, avg(a) as mean, avg(a) filter (where a > 7) as of_none, avg(k / 2) as half
        from (values
            ('x', 'p', 7, cast(1.10 as {MONEY})), ('x', 'p', 7, 2.25), ('x', 'q', 8, null), (null, 'q', 8, 5), ('y', null, null, 0),
            ('y', 'p', null, null)) as t(g, h, k, a)
        group by grouping sets ((g), (h), (g, h))""",
    "grouping sets of which a median is asked": """
        select g, h, median(a), count(*) from (values ('x', 1, 2), ('x', 2, 4), ('y', 1, 9), (null, 1, 0)) as t(g, h, a)
        group by grouping sets ((g), (g, h))""",
    "texts in an order": "select string_agg(a, ';' order by a) from (values ('b'), ('a'), (null)) as t(a)",
    "hashes tell rows apart, whatever is null": """
        select count(distinct hash(a, b)) from (values (1, null), (null, 1), (1, 2), (1, 2)) as t(a, b)""",
    "grouping sets": """
        select grouping(a), if(grouping(a) = 1, 'all', a), count(distinct a), sum(n) from (values ('x', 1), ('y', 2), ('x', 3)) as t(a, n)
        group by grouping sets ((a), ())""",
    "the next match": """
        select r.k, r.t, d.t as next from (values (1, 2), (1, 5), (2, 1)) as r(k, t)
        asof left join (values (1, 3), (1, 4), (2, 1)) as d(k, t) on r.k = d.k and r.t < d.t""",
    "rows that have no match": "select a from (values (1), (2)) as t(a) anti join (values (2)) as u(b) on t.a = u.b",
    "a null is not in a list": "select a not in (1, 2), a is distinct from 1 from (values (1), (3), (null)) as t(a)",
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    scratch = tmp_path_factory.mktemp("spark")
    command = [SPARK_PYTHON, "-m", "tests.distributed.both_engines", scratch]
    said = subprocess.run(
        command,
        input=json.dumps(QUERIES),
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    return json.loads(Path(scratch / "answers.json").read_text(encoding="utf-8"))


def test_grouping_sets_are_made_of_rows_that_were_added_up(answers: dict[str, dict[str, object]]) -> None:
    grouped = {name: str(answers[name]["asked"]).count("GROUP BY") for name in QUERIES if name.startswith("grouping sets of")}
    assert grouped == {"grouping sets of what can be added up": 2, "grouping sets of which a median is asked": 1}


@pytest.mark.parametrize("name", QUERIES)
def test_both_engines_answer_alike(answers: dict[str, dict[str, object]], name: str) -> None:
    assert answers[name]["spark"] == answers[name]["duckdb"], answers[name]["asked"]
