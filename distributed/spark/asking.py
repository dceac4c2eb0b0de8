"""What the words alone do not tell: rules that ask Spark for the type of a number, or for the columns of a query."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from functools import partial, reduce

from pyspark.errors import AnalysisException
from sqlglot import exp

from distributed.spark.trees import Rules, Schema, call, fragment, is_double, written

rewrites = ASKING = Rules()


@rewrites(exp.Median)
def median(schema: Schema, node: exp.Median) -> exp.Expression | None:
    """Spark's median takes no frame of a window; percentile does. Between two decimals DuckDB cuts off what is beyond their digits."""
    kind = _type_of(schema, node.this)
    found = call("percentile", node.this, exp.Literal.number("0.5"))
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
    return fragment(f"cast(floor(cast(:x as decimal(35, {digits + 3})), {digits}) as {kind})", x=number)


@rewrites(exp.Round)
def rounded(schema: Schema, node: exp.Round) -> exp.Expression | None:
    """Spark rounds the decimal digits that a double is written with, DuckDB the double itself: 0.285 is 0.29 or 0.28."""
    if not _is_of_doubles(schema, node.this):
        return None
    digits = int(node.args["decimals"].name) if node.args.get("decimals") else 0
    return fragment(f"(round(:x * {10**digits}D, 0) / {10**digits}D)", x=exp.paren(node.this.copy()))


@rewrites(exp.Cast)
def decimal_of_double(schema: Schema, node: exp.Cast) -> exp.Expression | None:
    """So with a double that becomes a decimal: 4275.735 lies below the half, and its digits do not."""
    if not (node.to.is_type(exp.DType.DECIMAL) and len(node.to.expressions) == 2 and _is_of_doubles(schema, node.this)):
        return None
    power = 10 ** int(node.to.expressions[1].name)
    return fragment(f"cast(round(:x * {power}D, 0) / {power}D as {node.to.sql('spark')})", x=exp.paren(node.this.copy()))


def _is_of_doubles(schema: Schema, expression: exp.Expression) -> bool:
    return is_double(expression) or _type_of(schema, expression) == "double"


@rewrites(exp.Star)
def replaced_columns(schema: Schema, node: exp.Star) -> exp.Expression | None:
    """`* replace (… as x)`, written column by column, so that x stays where it is."""
    replacing = {one.alias: one for one in node.args.get("replace") or []}
    if not replacing:
        return None
    star = node.parent if isinstance(node.parent, exp.Column) else node
    select = star.find_ancestor(exp.Select)
    node.set("replace", None)
    names = list(schema(written(_beside(select, star.copy()))))
    table = star.args.get("table")
    columns = [replacing.get(name) or exp.column(name, table=table.copy() if table else None) for name in names]
    shown = [other for one in select.expressions for other in (columns if one is star else [one])]
    select.set("expressions", [one.copy() for one in shown])
    return None


@rewrites(exp.Union)
def united_by_name(schema: Schema, node: exp.Union) -> exp.Expression | None:
    """`union all by name`: each branch gives every column, in one order, null where it has none of that name."""
    if not node.args.get("by_name") or (isinstance(node.parent, exp.Union) and node.parent.args.get("by_name")):
        return None
    branches = list(_branches(node))
    named = [schema(written(_with(branch.copy(), _tables_before(branch)))) for branch in branches]
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
    """The type of an expression among the tables of its own select, and the columns that the select makes of them."""
    select = expression.find_ancestor(exp.Select)
    try:
        (kind,) = schema(written(_beside(select, exp.alias_(expression.copy(), "asked")))).values()
    except AnalysisException:
        made = {one.alias: one.this for one in select.expressions if isinstance(one, exp.Alias)}
        told = exp.alias_(_told(expression, made), "asked")
        (kind,) = schema(written(_beside(select, told))).values()
    return kind


def _told(expression: exp.Expression, made: Mapping[str, exp.Expression]) -> exp.Expression:
    """An expression in which what the same select calls by a name is what it made of it."""

    def of_tables(node: exp.Expression) -> exp.Expression:
        is_made = isinstance(node, exp.Column) and not node.table and node.name in made
        return exp.paren(_told(made[node.name], {name: one for name, one in made.items() if name != node.name})) if is_made else node

    return expression.copy().transform(of_tables)


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
