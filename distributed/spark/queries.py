"""What DuckDB lets a query say beyond Spark: windows, lists that become rows, a join with the next match. A rule for each."""

from __future__ import annotations

from sqlglot import exp, transforms

from distributed.spark.trees import Rules, call

rewrites = QUERIES = Rules()


@rewrites(exp.Select)
def named_windows(node: exp.Select) -> exp.Expression | None:
    """Spark lets no window be made of another by name."""
    return transforms.eliminate_window_clause(node)


@rewrites(exp.Window)
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


@rewrites(exp.Explode)
def unnested(node: exp.Explode) -> exp.Expression | None:
    """A list becomes rows; a list of structs, asked for recursively, rows with their fields as columns."""
    argument = node.this
    if isinstance(argument, exp.Anonymous) and argument.name.lower() == "map_entries":
        return call("explode", argument.expressions[0])
    is_recursive = any(isinstance(part, exp.PropertyEQ | exp.Kwarg) for part in node.expressions)
    return call("inline" if is_recursive else "explode", argument)


@rewrites(exp.Join)
def asof_join(node: exp.Join) -> exp.Expression | None:
    """The nearest match of each row: a lateral query that keeps the first."""
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
        side=node.side,
        on=exp.true(),
    )
