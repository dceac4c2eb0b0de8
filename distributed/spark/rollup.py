"""Grouping sets of what was added up before.

Spark copies each row once for every set, a fact of forty-eight sets forty-eight times, and DuckDB's `histogram` would be a list of all the
rows of a cell. So rows are first added up by all that any of the sets asks for, and the sets are made of these few.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from distributed.spark.functions import counted
from distributed.spark.trees import Rules, call, cast_to, fragment

rewrites = ROLLUPS = Rules()

OF_PARTS = (exp.Sum, exp.Min, exp.Max, exp.LogicalAnd, exp.LogicalOr)
"""Aggregates that are the same aggregate of their parts."""
OTHER_CLAUSES = ("distinct", "having", "joins", "laterals", "qualify", "windows")
"""A query that has one of these is left alone."""


class NotOfParts(Exception):
    """What is asked for has to see the rows themselves, as a median has."""


@rewrites(exp.Select)
def in_two_steps(node: exp.Select) -> exp.Expression | None:
    """Leaves alone what groups more than one table, or asks for anything that is not made of parts."""
    if not (sets := _grouping_sets(node)) or any(node.args.get(clause) for clause in OTHER_CLAUSES):
        return None
    parts = _Parts(column.name for one in sets for column in one)
    try:
        shown = [one.transform(parts.of) for one in node.expressions]
    except NotOfParts:
        return None
    keys = [exp.column(name) for name in parts.keys]
    added = exp.select(*keys, *(exp.alias_(one, name) for one, name in parts.names.items())).group_by(*keys)
    for clause in ("from_", "where"):
        added.set(clause, node.args.get(clause))
        node.set(clause, None)
    node.set("expressions", shown)
    node.set("from_", exp.From(this=added.subquery()))
    return None


def _grouping_sets(node: exp.Select) -> list[list[exp.Column]]:
    """The columns of each set; none where there are other ways of grouping, or a set that has a row even of nothing."""
    group = node.args.get("group") or exp.Group()
    told = [name for name, value in group.args.items() if value]
    if told != ["expressions"] or not all(isinstance(one, exp.GroupingSets) for one in group.expressions):
        return []
    sets = [list(one.find_all(exp.Column)) for sets in group.expressions for one in sets.expressions]
    return sets if all(sets) and not any(column.table for one in sets for column in one) else []


class _Parts:
    """What is added up in the first step, and by which columns; each aggregate once, however often it is asked for."""

    def __init__(self, keys: Iterable[str]):
        self.keys = dict.fromkeys(keys)
        self.names: dict[exp.Expression, str] = {}

    def of(self, node: exp.Expression) -> exp.Expression:
        """An aggregate as one of its parts; any other node as it is.

        Raises:
            NotOfParts
        """
        if isinstance(node, exp.Window | exp.Query):
            raise NotOfParts
        asked = node.this if isinstance(node, exp.Filter) else node
        if isinstance(asked, exp.Grouping) or not isinstance(asked, exp.AggFunc | exp.Anonymous):
            return node
        is_filtered = asked is not node
        argument = asked.expressions[0] if isinstance(asked, exp.Anonymous) else asked.this
        if isinstance(asked, exp.Count) and isinstance(argument, exp.Distinct) and not is_filtered:
            return exp.Count(this=exp.Distinct(expressions=[self._key(*argument.expressions)]), big_int=True)
        if isinstance(argument, exp.Distinct | exp.Order):
            raise NotOfParts
        if isinstance(asked, exp.Count):
            return cast_to("bigint", exp.Sum(this=self._part(node)))
        if isinstance(asked, OF_PARTS):
            return type(asked)(this=self._part(node))
        if isinstance(asked, exp.Avg):
            return self._mean(node, argument)
        if isinstance(asked, exp.Anonymous) and asked.name == "histogram" and not is_filtered:
            return _counts(self._key(argument), self._part(exp.Count(this=exp.Star(), big_int=True)))
        raise NotOfParts

    def _mean(self, node: exp.Expression, argument: exp.Expression) -> exp.Expression:
        added, counted = (
            node.transform(lambda one, kind=kind: kind(this=argument.copy()) if isinstance(one, exp.Avg) else one)
            for kind in (exp.Sum, exp.Count)
        )
        count = exp.Nullif(this=exp.Sum(this=self._part(counted)), expression=exp.Literal.number(0))
        return exp.Paren(this=exp.Div(this=exp.Sum(this=self._part(added)), expression=count))

    def _key(self, *columns: exp.Expression) -> exp.Column:
        if len(columns) != 1 or not isinstance(columns[0], exp.Column) or columns[0].table:
            raise NotOfParts
        self.keys.setdefault(columns[0].name)
        return columns[0].copy()

    def _part(self, aggregate: exp.Expression) -> exp.Column:
        return exp.column(self.names.setdefault(aggregate.copy(), f"part_{len(self.names)}"))


def _counts(value: exp.Expression, rows: exp.Expression) -> exp.Expression:
    """How many rows there are of each value, of parts that hold so many each."""
    listed = call("collect_list", fragment("struct(:value as value, :rows as rows)", value=value, rows=rows))
    of_value = "filter(:listed, part_of -> part_of.value = value_counted)"
    return counted(
        fragment("filter(:listed, part_of -> part_of.value is not null)", listed=listed),
        values="transform(:listed, part_of -> part_of.value)",
        rows=f"aggregate({of_value}, cast(0 as bigint), (so_far, part_of) -> so_far + part_of.rows)",
    )
