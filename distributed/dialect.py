"""DuckDB's SQL, in which the models are written, in the words of Spark: with the same answers, not only without an error.

sqlglot reads DuckDB and writes Spark. What it lacks, or writes so that Spark answers otherwise without a word, is put right on the
syntax tree between the two: one function for each difference, listed in ``REWRITES``. docs/spark.md tells them with the test of each.
What cannot be written for Spark is an error, never a guess.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial, reduce
from typing import NamedTuple

from sqlglot import ErrorLevel, exp, parse_one, transforms
from sqlglot.dialects.spark import Spark

Schema = Callable[[str], Mapping[str, str]]
"""Tells the columns that a query in Spark's SQL gives, in their order, each with Spark's name of its type."""


class WarehouseSpark(Spark):
    """Spark's SQL with integers that DuckDB has and Spark has not, one size up."""

    class Generator(Spark.Generator):
        TYPE_MAPPING = {
            **Spark.Generator.TYPE_MAPPING,
            exp.DType.UBIGINT: "BIGINT",
            exp.DType.INT128: "DECIMAL(38, 0)",
        }

        TRANSFORMS = {
            **Spark.Generator.TRANSFORMS,
            # Spark knows `qualify` since 4.1; sqlglot would wrap the query, and leave its own column in a `select *`
            exp.Select: transforms.preprocess([transforms.eliminate_distinct_on]),
        }

        def readparquet_sql(self, expression: exp.ReadParquet) -> str:
            # union_by_name is a setting of the session: spark.sql.parquet.mergeSchema
            return f"parquet.`{expression.expressions[0].name}`"


def translated(sql: str, schema: Schema) -> str:
    """A query of DuckDB as one of Spark.

    Args:
        sql: one statement in DuckDB's SQL.
        schema: asked where the words alone do not tell: for the columns of a star or of a branch of ``union all by name``, for whether
            a number is a decimal or a double.

    Raises:
        sqlglot.errors.SqlglotError, NotImplementedError: for what is no SQL of DuckDB, or has no counterpart in Spark.
    """
    tree = _Root(parse_one(sql, read="duckdb"))
    for rewrite in REWRITES:
        tree.rewrite(rewrite.of, rewrite.how)
    # These ask Spark, which has to understand what they ask.
    for asking in ASKING:
        tree.rewrite(asking.of, partial(asking.how, schema))
    return _written(tree.expression)


def _written(tree: exp.Expression) -> str:
    return tree.sql(dialect=WarehouseSpark, pretty=True, unsupported_level=ErrorLevel.RAISE)


class _Root:
    """A tree of which also the root may be replaced."""

    def __init__(self, expression: exp.Expression):
        self.expression = expression

    def rewrite(self, kinds: tuple[type, ...], how: Callable[[exp.Expression], exp.Expression | None]) -> None:
        for node in [one for one in _in_order(self.expression) if isinstance(one, kinds)]:
            other = how(node)
            if other is not None and node is self.expression:
                self.expression = other
            elif other is not None:
                node.replace(other)


def _in_order(node: exp.Expression) -> Iterator[exp.Expression]:
    """Every node behind what it is made of: what stands in its place may hold copies of that, and its tables are settled."""
    for child in sorted(node.iter_expressions(), key=lambda child: _FIRST.get(child.arg_key, len(_FIRST))):
        yield from _in_order(child)
    yield node


_FIRST = {"with_": 0, "from_": 1, "joins": 2}


class _Rewrite(NamedTuple):
    of: tuple[type, ...]
    how: Callable[..., exp.Expression | None]


REWRITES: list[_Rewrite] = []
ASKING: list[_Rewrite] = []


def _rewrites(*of: type, listed: list[_Rewrite] = REWRITES) -> Callable:
    """Register a function that is given each node of these kinds and returns what stands in its place, or None to leave it."""

    def register(how: Callable) -> Callable:
        listed.append(_Rewrite(of, how))
        return how

    return register


def _sql(text: str, **parts: exp.Expression) -> exp.Expression:
    """An expression of Spark in which ``:name`` stands for a part of the tree."""
    return exp.replace_placeholders(parse_one(text, read="spark"), **{name: part.copy() for name, part in parts.items()})


def _call(name: str, *arguments: exp.Expression) -> exp.Expression:
    """A function of Spark by its name, which sqlglot is not to write in another way."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def _as(kind: str, expression: exp.Expression) -> exp.Cast:
    return exp.Cast(this=expression.copy(), to=exp.DataType.build(kind))


# --- functions that Spark has under another name, or with another result ---------------------------------------------


@_rewrites(exp.Div)
def division(node: exp.Div) -> exp.Expression | None:
    """`/` of DuckDB is always of doubles; Spark divides decimals as decimals, and rounds them."""
    if not _is_double(node.this):
        node.this.replace(_as("double", node.this))
    return None


@_rewrites(exp.Avg)
def mean(node: exp.Avg) -> exp.Expression | None:
    """The mean of decimals is a double in DuckDB, a decimal with four more digits in Spark."""
    node.this.replace(_as("double", node.this))
    return None


def _is_double(node: exp.Expression) -> bool:
    """Whether an expression is a double whatever its columns are."""
    if isinstance(node, exp.Cast):
        return node.to.is_type(exp.DType.DOUBLE)
    if isinstance(node, exp.Div | exp.Avg | exp.Sqrt | exp.Pow | exp.Pi):
        return True
    if isinstance(node, exp.Paren | exp.Neg | exp.Abs | exp.Sum | exp.Max | exp.Min | exp.Nullif | exp.Filter | exp.Window):
        return _is_double(node.this)
    if isinstance(node, exp.Mul | exp.Add | exp.Sub):
        return _is_double(node.left) or _is_double(node.right)
    if isinstance(node, exp.Coalesce | exp.Least | exp.Greatest):
        return any(_is_double(part) for part in [node.this, *node.expressions])
    return False


@_rewrites(exp.Sub)
def days_between(node: exp.Sub) -> exp.Expression | None:
    """Two days (`_on`) are a number of days apart, in Spark an interval."""
    if all(isinstance(side, exp.Column) and side.name.endswith("_on") for side in (node.left, node.right)):
        return _call("datediff", node.left, node.right)
    return None


@_rewrites(exp.AnyValue)
def any_value(node: exp.AnyValue) -> exp.Expression | None:
    """Any value is one that is there; Spark's may be null."""
    return _call("any_value", node.this, exp.true())


@_rewrites(exp.Last)
def last_in_order(node: exp.Last) -> exp.Expression | None:
    """`last(x order by …)`: the row with the greatest key, where a null is greater than all."""
    order = node.this
    if not isinstance(order, exp.Order):
        raise NotImplementedError("last without an order has no one answer")
    keys = [key for term in order.expressions for key in (exp.Is(this=term.this.copy(), expression=exp.null()), term.this)]
    return _call("max_by", order.this, _call("struct", *keys))


@_rewrites(exp.ArgMax, exp.ArgMin)
def of_the_greatest(node: exp.ArgMax | exp.ArgMin) -> exp.Expression | None:
    """DuckDB passes over rows that have nothing to give, Spark gives the nothing."""
    there = exp.Not(this=exp.Is(this=node.this.copy(), expression=exp.null()))
    name = "max_by" if isinstance(node, exp.ArgMax) else "min_by"
    chosen = _call(name, node.this, node.expression)
    if isinstance(node.parent, exp.Filter):
        condition = node.parent.expression.this
        condition.replace(exp.and_(condition.copy(), there))
        return chosen
    return exp.Filter(this=chosen, expression=exp.Where(this=there))


@_rewrites(exp.DayOfWeek)
def day_of_week(node: exp.DayOfWeek) -> exp.Expression | None:
    """Sunday is 0 in DuckDB, 1 in Spark."""
    return exp.paren(exp.Sub(this=_call("dayofweek", node.this), expression=exp.Literal.number(1)))


@_rewrites(exp.DayOfWeekIso)
def day_of_week_from_monday(node: exp.DayOfWeekIso) -> exp.Expression | None:
    """Monday is 1; sqlglot writes a formula that begins with Sunday."""
    return exp.paren(exp.Add(this=_call("weekday", node.this), expression=exp.Literal.number(1)))


@_rewrites(exp.Dayname, exp.Monthname)
def names_of_days(node: exp.Dayname | exp.Monthname) -> exp.Expression | None:
    """Whole names; Spark's functions of the same name cut them to three letters."""
    return _call("date_format", node.this, exp.Literal.string("EEEE" if isinstance(node, exp.Dayname) else "MMMM"))


@_rewrites(exp.Bracket)
def place_in_list(node: exp.Bracket) -> exp.Expression | None:
    """sqlglot counts the places of a list from 0, as Spark's brackets do; but a place beyond it is null, and not an error."""
    if len(node.expressions) != 1:
        raise NotImplementedError("a part of a list")
    return _call("get", node.this, _as("int", node.expressions[0]))


@_rewrites(exp.Tuple)
def compared_rows(node: exp.Tuple) -> exp.Expression | None:
    """Of rows that are compared as a whole a null is greater than all, in Spark smaller."""
    if not isinstance(node.parent, exp.EQ | exp.Max | exp.Min):
        return None
    return _call("struct", *(part for one in node.expressions for part in (exp.Is(this=one.copy(), expression=exp.null()), one)))


@_rewrites(exp.RegexpReplace)
def replaced_everywhere(node: exp.RegexpReplace) -> exp.Expression | None:
    """Spark replaces every match; without the flag `g` DuckDB replaces the first."""
    if (node.args.get("modifiers") or exp.Literal.string("")).name != "g":
        raise NotImplementedError("regexp_replace of the first match alone: Spark replaces all")
    node.set("modifiers", None)
    node.set("single_replace", None)
    return None


@_rewrites(exp.GenerateSeries)
def series(node: exp.GenerateSeries) -> exp.Expression | None:
    """A series that ends before it begins is empty; Spark's counts down, or is an error."""
    start, end, step = node.args["start"], node.args["end"], node.args.get("step")
    if node.args.get("is_end_exclusive"):
        end = exp.Sub(this=exp.paren(end.copy()), expression=exp.Literal.number(1))
    counted = _call("sequence", start, end, *([step] if step else []))
    listed = _sql("CASE WHEN :a <= :b THEN :c ELSE array() END", a=start, b=end, c=counted)
    if not isinstance(node.parent, exp.Table):
        return listed
    name = "range" if node.args.get("is_end_exclusive") else "generate_series"
    node.parent.replace(exp.select(exp.alias_(_call("explode", counted), name)).subquery())
    return None


# DuckDB's directives for the parts of a date, and what reads the same in Spark: a single letter takes one digit or two.
_READ = {"%Y": "yyyy", "%m": "M", "%d": "d", "%B": "MMMM", "%b": "MMM"}


@_rewrites(exp.Anonymous)
def functions_without_counterpart(node: exp.Anonymous) -> exp.Expression | None:
    """What sqlglot does not know by name."""
    how = _ANONYMOUS.get(node.name.lower())
    return how(*node.expressions) if how else None


def _read_date(text: exp.Expression, formats: exp.Expression) -> exp.Expression:
    listed = [part.name for part in formats.expressions] if isinstance(formats, exp.Array) else [formats.name]
    tried = [_call("try_to_timestamp", text, exp.Literal.string(_pattern(one))) for one in listed]
    return tried[0] if len(tried) == 1 else _call("coalesce", *tried)


def _pattern(directives: str) -> str:
    if directives == "%Y%m%d":
        return "yyyyMMdd"
    for directive, letters in _READ.items():
        directives = directives.replace(directive, letters)
    if "%" in directives:
        raise NotImplementedError(f"a date in the form {directives}")
    return directives


def _complete_years(unit: exp.Expression, earlier: exp.Expression, later: exp.Expression) -> exp.Expression:
    """Both engines let a year from 29 February end on the 28th here; Spark's timestampdiff does not."""
    if unit.name != "year":
        raise NotImplementedError(f"date_sub of a {unit.name}")
    return _sql("cast(months_between(:b, :a) / 12 as bigint)", a=earlier, b=later)


def _hash(*values: exp.Expression) -> exp.Expression:
    """Another number than DuckDB's, wide enough to be summed. Spark's passes over nulls, wherever they stand."""
    parts = [part for value in values for part in (exp.Is(this=value.copy(), expression=exp.null()), value)]
    return _sql("cast(:h as decimal(20, 0))", h=_call("xxhash64", *parts))


def _histogram(value: exp.Expression) -> exp.Expression:
    return _counted(_call("collect_list", value))


def _counted(listed: exp.Expression) -> exp.Expression:
    """How often each value is in a list; null for none."""
    return _sql(
        "CASE WHEN size(:x) > 0 THEN map_from_entries(transform(array_sort(array_distinct(:x)), k -> struct(k, cast(size(filter(:x, v -> v = k)) as bigint)))) END",
        x=listed,
    )


def _list_aggregate(listed: exp.Expression, name: exp.Expression) -> exp.Expression:
    if name.name != "histogram":
        raise NotImplementedError(f"list_aggregate with {name.name}")
    return _counted(listed)


_ANONYMOUS: dict[str, Callable[..., exp.Expression]] = {
    "try_strptime": _read_date,
    "date_sub": _complete_years,
    "hash": _hash,
    "histogram": _histogram,
    "list_aggregate": _list_aggregate,
}


@_rewrites(exp.Cast)
def number_of_hexadecimal(node: exp.Cast) -> exp.Expression | None:
    """`cast('0x' || digits as bigint)`."""
    text = node.this
    if isinstance(text, exp.DPipe) and text.left.name == "0x" and node.to.is_type(exp.DType.BIGINT):
        return _as("bigint", _call("conv", text.right, exp.Literal.number(16), exp.Literal.number(10)))
    return None


@_rewrites(exp.Column)
def row_of_file(node: exp.Column) -> exp.Expression | None:
    """The place of a row in its table: of a code list, which is one file, its place in the file."""
    if node.name == "rowid":
        return exp.column("row_index", table="_metadata")
    return None


# --- what a select may say ----------------------------------------------------------------------------------------------


@_rewrites(exp.Select)
def named_windows(node: exp.Select) -> exp.Expression | None:
    """Spark lets no window be made of another by name."""
    return transforms.eliminate_window_clause(node)


@_rewrites(exp.Window)
def filtered_window(node: exp.Window) -> exp.Expression | None:
    """Spark takes no `filter` in a window: what the filter leaves out becomes null."""
    if not isinstance(node.this, exp.Filter):
        return None
    aggregate, condition = node.this.this, node.this.expression.this
    value = aggregate.this if not isinstance(aggregate.this, exp.Star | None) else exp.Literal.number(1)
    kept = exp.Case(ifs=[exp.If(this=condition.copy(), true=value.copy())])
    if isinstance(aggregate, exp.Count):
        aggregate.set("this", kept)
        aggregate.set("expressions", [])
    elif isinstance(aggregate, exp.Anonymous):
        aggregate.expressions[0].replace(exp.Case(ifs=[exp.If(this=condition.copy(), true=aggregate.expressions[0].copy())]))
    else:
        aggregate.set("this", kept)
    node.set("this", aggregate)
    return None


@_rewrites(exp.Explode)
def unnested(node: exp.Explode) -> exp.Expression | None:
    """A list becomes rows; a list of structs, asked for recursively, rows with their fields as columns."""
    argument = node.this
    if isinstance(argument, exp.Anonymous) and argument.name.lower() == "map_entries":
        return _call("explode", argument.expressions[0])
    is_recursive = any(isinstance(part, exp.PropertyEQ | exp.Kwarg) for part in node.expressions)
    return _call("inline" if is_recursive else "explode", argument)


@_rewrites(exp.Join)
def asof_join(node: exp.Join) -> exp.Expression | None:
    """The nearest later match of each row: a lateral query that keeps the first."""
    if node.method != "ASOF":
        return None
    table = node.this
    *equal, nearest = list(node.args["on"].flatten())
    key = nearest.right if nearest.right.table == table.alias_or_name else nearest.left
    first = exp.select("*").from_(table.copy()).where(*(condition.copy() for condition in (*equal, nearest)))
    descending = isinstance(nearest, exp.GT | exp.GTE) == (key is nearest.right)
    first = first.order_by(exp.Ordered(this=key.copy(), desc=descending)).limit(1)
    return exp.Join(
        this=exp.Lateral(this=first.subquery(), alias=exp.TableAlias(this=exp.to_identifier(table.alias_or_name))),
        side="LEFT",
        on=exp.true(),
    )


# --- what the words alone do not tell -----------------------------------------------------------------------------------


@_rewrites(exp.Median, listed=ASKING)
def median(schema: Schema, node: exp.Median) -> exp.Expression | None:
    """Spark's median takes no frame of a window; percentile does. Between two decimals DuckDB cuts off what is beyond their digits."""
    kind = _type_of(schema, node.this)
    found = _call("percentile", node.this, exp.Literal.number("0.5"))
    if not kind.startswith("decimal"):
        return found
    digits = int(kind.rstrip(")").split(",")[1])
    whole = node
    while isinstance(whole.parent, exp.Filter | exp.Window) and whole.arg_key == "this":
        whole = whole.parent
    if whole is node:
        return _cut(found, digits, kind)
    node.replace(found)
    whole.replace(_cut(whole, digits, kind))
    return None


def _cut(number: exp.Expression, digits: int, kind: str) -> exp.Expression:
    return _sql(f"cast(floor(cast(:x as decimal(35, {digits + 3})), {digits}) as {kind})", x=number)


@_rewrites(exp.Round, listed=ASKING)
def rounded(schema: Schema, node: exp.Round) -> exp.Expression | None:
    """Spark rounds the decimal digits that a double is written with, DuckDB the double itself: 0.285 is 0.29 or 0.28."""
    if not (_is_double(node.this) or _type_of(schema, node.this) == "double"):
        return None
    digits = int(node.args["decimals"].name) if node.args.get("decimals") else 0
    return _sql(f"(round(:x * {10**digits}D, 0) / {10**digits}D)", x=exp.paren(node.this.copy()))


@_rewrites(exp.Star, listed=ASKING)
def replaced_columns(schema: Schema, node: exp.Star) -> exp.Expression | None:
    """`* replace (… as x)`, written column by column, so that x stays where it is."""
    replacing = {one.alias: one for one in node.args.get("replace") or []}
    if not replacing:
        return None
    star = node.parent if isinstance(node.parent, exp.Column) else node
    select = star.find_ancestor(exp.Select)
    node.set("replace", None)
    names = list(schema(_written(_beside(select, star.copy()))))
    table = star.args.get("table")
    columns = [replacing.get(name) or exp.column(name, table=table.copy() if table else None) for name in names]
    shown = [other for one in select.expressions for other in (columns if one is star else [one])]
    select.set("expressions", [one.copy() for one in shown])
    return None


@_rewrites(exp.Union, listed=ASKING)
def united_by_name(schema: Schema, node: exp.Union) -> exp.Expression | None:
    """`union all by name`: each branch gives every column, in one order, null where it has none of that name."""
    if not node.args.get("by_name") or (isinstance(node.parent, exp.Union) and node.parent.args.get("by_name")):
        return None
    branches = list(_branches(node))
    named = [schema(_written(_with(branch.copy(), _tables_before(branch)))) for branch in branches]
    every = list(dict.fromkeys(name for names in named for name in names))
    whole = [_giving(branch, every, names) for branch, names in zip(branches, named, strict=True)]
    return reduce(partial(exp.union, distinct=False, copy=False), whole)


def _branches(union: exp.Expression) -> Iterator[exp.Expression]:
    if isinstance(union, exp.Union) and union.args.get("by_name"):
        yield from _branches(union.left)
        yield from _branches(union.right)
    else:
        yield union


def _giving(query: exp.Expression, every: Iterable[str], names: Mapping[str, str]) -> exp.Select:
    shown = [exp.column(name) if name in names else exp.alias_(exp.null(), name) for name in every]
    return exp.select(*shown).from_(query.copy().subquery())


def _type_of(schema: Schema, expression: exp.Expression) -> str:
    """The type of an expression among the tables of its own select."""
    select = expression.find_ancestor(exp.Select)
    (kind,) = schema(_written(_beside(select, exp.alias_(expression.copy(), "asked")))).values()
    return kind


def _beside(select: exp.Select, shown: exp.Expression) -> exp.Select:
    """A query of this alone, of the tables that a select is of."""
    alone = exp.select(shown)
    for part in ("from_", "joins", "laterals"):
        if found := select.args.get(part):
            alone.set(part, [one.copy() for one in found] if isinstance(found, list) else found.copy())
    return _with(alone, _tables_before(select))


def _tables_before(node: exp.Expression) -> list[exp.CTE]:
    """The common tables that a query may speak of: those of its own, and those that stand before it in the queries around it."""
    found: list[exp.CTE] = []
    inside: exp.Expression | None = None
    while node is not None:
        if (own := node.args.get("with_")) is not None:
            found = [*itertools.takewhile(lambda table, last=inside: table is not last, own.expressions), *found]
        inside = node if isinstance(node, exp.CTE) else inside
        node = node.parent
    return found


def _with(query: exp.Expression, tables: Iterable[exp.CTE]) -> exp.Expression:
    own = list(tables)
    if own:
        query.set("with_", exp.With(expressions=[table.copy() for table in own]))
    return query
