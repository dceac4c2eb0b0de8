"""Functions and operators that Spark has under another name, or with another result: a rule for each."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from distributed.spark.trees import Rules, call, cast_to, fragment, is_double

rewrites = FUNCTIONS = Rules()


@rewrites(exp.Div)
def division(node: exp.Div) -> exp.Expression | None:
    """`/` of DuckDB is always of doubles; Spark divides decimals as decimals, and rounds them."""
    if not is_double(node.this):
        node.this.replace(cast_to("double", node.this))
    return None


@rewrites(exp.Avg)
def mean(node: exp.Avg) -> exp.Expression | None:
    """The mean of decimals is a double in DuckDB, a decimal with four more digits in Spark."""
    node.this.replace(cast_to("double", node.this))
    return None


@rewrites(exp.Cast)
def whole_number_of_double(node: exp.Cast) -> exp.Expression | None:
    """DuckDB takes the nearest whole number, of two the even one; Spark cuts off."""
    if node.to.is_type(*exp.DataType.INTEGER_TYPES) and is_double(node.this):
        node.this.replace(call("rint", node.this))
    return None


@rewrites(exp.Sub)
def days_between(node: exp.Sub) -> exp.Expression | None:
    """Two days (`_on`) are a number of days apart, in Spark an interval."""
    if all(isinstance(side, exp.Column) and side.name.endswith("_on") for side in (node.left, node.right)):
        return call("datediff", node.left, node.right)
    return None


@rewrites(exp.AnyValue)
def any_value(node: exp.AnyValue) -> exp.Expression | None:
    """Any value is one that is there; Spark's may be null."""
    return call("any_value", node.this, exp.true())


@rewrites(exp.Last)
def last_in_order(node: exp.Last) -> exp.Expression | None:
    """`last(x order by …)`: the row with the greatest key, where a null is greater than all."""
    order = node.this
    if not isinstance(order, exp.Order):
        raise NotImplementedError("last without an order has no one answer")
    keys = [key for term in order.expressions for key in (exp.Is(this=term.this.copy(), expression=exp.null()), term.this)]
    return call("max_by", order.this, call("struct", *keys))


@rewrites(exp.ArgMax, exp.ArgMin)
def of_the_greatest(node: exp.ArgMax | exp.ArgMin) -> exp.Expression | None:
    """DuckDB passes over rows that have nothing to give, Spark gives the nothing."""
    there = exp.Not(this=exp.Is(this=node.this.copy(), expression=exp.null()))
    name = "max_by" if isinstance(node, exp.ArgMax) else "min_by"
    chosen = call(name, node.this, node.expression)
    if isinstance(node.parent, exp.Filter):
        condition = node.parent.expression.this
        condition.replace(exp.and_(condition.copy(), there))
        return chosen
    return exp.Filter(this=chosen, expression=exp.Where(this=there))


@rewrites(exp.DayOfWeek)
def day_of_week(node: exp.DayOfWeek) -> exp.Expression | None:
    """Sunday is 0 in DuckDB, 1 in Spark."""
    return exp.paren(exp.Sub(this=call("dayofweek", node.this), expression=exp.Literal.number(1)))


@rewrites(exp.DayOfWeekIso)
def day_of_week_from_monday(node: exp.DayOfWeekIso) -> exp.Expression | None:
    """Monday is 1; sqlglot writes a formula that begins with Sunday."""
    return exp.paren(exp.Add(this=call("weekday", node.this), expression=exp.Literal.number(1)))


@rewrites(exp.Dayname, exp.Monthname)
def names_of_days(node: exp.Dayname | exp.Monthname) -> exp.Expression | None:
    """Whole names; Spark's functions of the same name cut them to three letters."""
    return call("date_format", node.this, exp.Literal.string("EEEE" if isinstance(node, exp.Dayname) else "MMMM"))


@rewrites(exp.Bracket)
def place_in_list(node: exp.Bracket) -> exp.Expression | None:
    """sqlglot counts the places of a list from 0, as Spark's brackets do; but a place beyond it is null, and not an error."""
    if len(node.expressions) != 1:
        raise NotImplementedError("a part of a list")
    return call("get", node.this, cast_to("int", node.expressions[0]))


@rewrites(exp.Tuple)
def compared_rows(node: exp.Tuple) -> exp.Expression | None:
    """Of rows that are compared as a whole a null is greater than all, in Spark smaller."""
    if not isinstance(node.parent, exp.EQ | exp.Max | exp.Min):
        return None
    return call("struct", *(part for one in node.expressions for part in (exp.Is(this=one.copy(), expression=exp.null()), one)))


@rewrites(exp.RegexpReplace)
def replaced_everywhere(node: exp.RegexpReplace) -> exp.Expression | None:
    """Spark replaces every match; without the flag `g` DuckDB replaces the first."""
    if (node.args.get("modifiers") or exp.Literal.string("")).name != "g":
        raise NotImplementedError("regexp_replace of the first match alone: Spark replaces all")
    node.set("modifiers", None)
    node.set("single_replace", None)
    return None


@rewrites(exp.GenerateSeries)
def series(node: exp.GenerateSeries) -> exp.Expression | None:
    """A series that ends before it begins is empty; Spark's counts down, or is an error."""
    start, end, step = node.args["start"], node.args["end"], node.args.get("step")
    if node.args.get("is_end_exclusive"):
        end = exp.Sub(this=exp.paren(end.copy()), expression=exp.Literal.number(1))
    counted = call("sequence", start, end, *([step] if step else []))
    listed = fragment("CASE WHEN :a <= :b THEN :c ELSE array() END", a=start, b=end, c=counted)
    if not isinstance(node.parent, exp.Table):
        return listed
    name = "range" if node.args.get("is_end_exclusive") else "generate_series"
    node.parent.replace(exp.select(exp.alias_(call("explode", counted), name)).subquery())
    return None


# DuckDB's directives for the parts of a date, and what reads the same in Spark: a single letter takes one digit or two.
_READ = {"%Y": "yyyy", "%m": "M", "%d": "d", "%B": "MMMM", "%b": "MMM"}


@rewrites(exp.Anonymous)
def functions_without_counterpart(node: exp.Anonymous) -> exp.Expression | None:
    """What sqlglot does not know by name."""
    how = _ANONYMOUS.get(node.name.lower())
    return how(*node.expressions) if how else None


def _read_date(text: exp.Expression, formats: exp.Expression) -> exp.Expression:
    listed = [part.name for part in formats.expressions] if isinstance(formats, exp.Array) else [formats.name]
    tried = [call("try_to_timestamp", text, exp.Literal.string(_pattern(one))) for one in listed]
    return tried[0] if len(tried) == 1 else call("coalesce", *tried)


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
    return fragment("cast(months_between(:b, :a) / 12 as bigint)", a=earlier, b=later)


def _hash(*values: exp.Expression) -> exp.Expression:
    """Another number than DuckDB's, wide enough to be summed. Spark's passes over nulls, wherever they stand."""
    parts = [part for value in values for part in (exp.Is(this=value.copy(), expression=exp.null()), value)]
    return fragment("cast(:h as decimal(20, 0))", h=call("xxhash64", *parts))


def _histogram(value: exp.Expression) -> exp.Expression:
    return counted(call("collect_list", value))


def counted(
    listed: exp.Expression, values: str = ":listed", rows: str = "cast(size(filter(:listed, entry -> entry = value_counted)) as bigint)"
) -> exp.Expression:
    """How often each value is in a list; null for none.

    Args:
        values: the values of ``:listed``, where its entries are something else.
        rows: what there is of ``value_counted`` in ``:listed``. The name hides a column that is called so.
    """
    entries = f"transform(array_sort(array_distinct({values})), value_counted -> struct(value_counted, {rows}))"
    return fragment(f"case when size(:listed) > 0 then map_from_entries({entries}) end", listed=listed)


def _list_aggregate(listed: exp.Expression, name: exp.Expression) -> exp.Expression:
    if name.name != "histogram":
        raise NotImplementedError(f"list_aggregate with {name.name}")
    return counted(listed)


_ANONYMOUS: dict[str, Callable[..., exp.Expression]] = {
    "try_strptime": _read_date,
    "date_sub": _complete_years,
    "hash": _hash,
    "histogram": _histogram,
    "list_aggregate": _list_aggregate,
}


@rewrites(exp.Cast)
def number_of_hexadecimal(node: exp.Cast) -> exp.Expression | None:
    """`cast('0x' || digits as bigint)`."""
    text = node.this
    if isinstance(text, exp.DPipe) and text.left.name == "0x" and node.to.is_type(exp.DType.BIGINT):
        return cast_to("bigint", call("conv", text.right, exp.Literal.number(16), exp.Literal.number(10)))
    return None


@rewrites(exp.Cast)
def time_of_day(node: exp.Cast) -> exp.Expression | None:
    """Spark has no such type yet; sqlglot would keep the day, so it is written out, which sorts and compares alike."""
    return call("date_format", node.this, exp.Literal.string("HH:mm:ss.SSSSSS")) if node.to.is_type(exp.DType.TIME) else None


@rewrites(exp.Column)
def row_of_file(node: exp.Column) -> exp.Expression | None:
    """The place of a row in its table: of a code list, which is one file, its place in the file."""
    if node.name == "rowid":
        return exp.column("row_index", table="_metadata")
    return None
