"""Walking and changing sqlglot's syntax trees: what the rules of the translation are written with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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
            # a moment without a zone is the session's default type
            exp.DType.TIMESTAMPTZ: "TIMESTAMP_LTZ",
        }

        TRANSFORMS = {
            **Spark.Generator.TRANSFORMS,
            # Spark knows `qualify` since 4.1; sqlglot would wrap the query, and leave its own column in a `select *`
            exp.Select: transforms.preprocess([transforms.eliminate_distinct_on]),
        }

        def readparquet_sql(self, expression: exp.ReadParquet) -> str:
            # union_by_name is a setting of the session: spark.sql.parquet.mergeSchema
            return f"parquet.`{expression.expressions[0].name}`"


class Rule(NamedTuple):
    of: tuple[type, ...]
    """The kinds of nodes it is given."""
    how: Callable[..., exp.Expression | None]
    """Returns what stands in the node's place, or None to leave what stands there."""


class Rules(list[Rule]):
    def __call__(self, *of: type) -> Callable:
        """Register a function as the rule for these kinds of nodes."""

        def register(how: Callable) -> Callable:
            self.append(Rule(of, how))
            return how

        return register


def rewritten(tree: exp.Expression, rules: Iterable[Rule], *told: Schema) -> exp.Expression:
    """The tree, in which each node that a rule is for has been given to it, behind all that the node is made of."""
    rules = list(rules)
    for node in list(_in_order(tree)):
        for rule in rules:
            if isinstance(node, rule.of) and (other := rule.how(*told, node)) is not None:
                tree = other if node is tree else tree
                node = node.replace(other)
    return tree


def _in_order(node: exp.Expression) -> Iterator[exp.Expression]:
    """Every node behind what it is made of: what stands in its place may hold copies of that, and its tables are settled."""
    for child in sorted(node.iter_expressions(), key=lambda child: _FIRST.get(child.arg_key, len(_FIRST))):
        yield from _in_order(child)
    yield node


_FIRST = {"with_": 0, "from_": 1, "joins": 2}


def written(tree: exp.Expression) -> str:
    return tree.sql(dialect=WarehouseSpark, pretty=True, unsupported_level=ErrorLevel.RAISE)


def fragment(text: str, **parts: exp.Expression) -> exp.Expression:
    """An expression of Spark in which ``:name`` stands for a part of the tree."""
    return exp.replace_placeholders(parse_one(text, read="spark"), **{name: part.copy() for name, part in parts.items()})


def call(name: str, *arguments: exp.Expression) -> exp.Expression:
    """A function of Spark by its name, which sqlglot is not to write in another way."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def cast_to(kind: str, expression: exp.Expression) -> exp.Cast:
    return exp.Cast(this=expression.copy(), to=exp.DataType.build(kind))


def is_double(node: exp.Expression) -> bool:
    """Whether an expression is a double whatever its columns are."""
    if isinstance(node, exp.Cast):
        return node.to.is_type(exp.DType.DOUBLE)
    if isinstance(node, exp.Div | exp.Avg | exp.Sqrt | exp.Pow | exp.Pi):
        return True
    if isinstance(node, exp.Paren | exp.Neg | exp.Abs | exp.Sum | exp.Max | exp.Min | exp.Nullif | exp.Filter | exp.Window):
        return is_double(node.this)
    if isinstance(node, exp.Mul | exp.Add | exp.Sub):
        return is_double(node.left) or is_double(node.right)
    if isinstance(node, exp.Coalesce | exp.Least | exp.Greatest):
        return any(is_double(part) for part in [node.this, *node.expressions])
    return False
