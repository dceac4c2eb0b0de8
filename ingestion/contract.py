"""The contract of an extract: one YAML file says all that is needed to read one sender's regular delivery."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Literal

from pydantic import Field as Key
from pydantic import ValidationError, model_validator

from ingestion.contract_checks import misfits, undecided
from ingestion.limits import Limits
from ingestion.paths import CONTRACTS_VARIABLE, contract_folders
from ingestion.record import Label
from ingestion.yaml_model import DeclarationError, StrictModel, read_yaml

Calendar = Literal["gregorian", "buddhist"]


class Numbers(StrictModel):
    """How the sender writes numbers; declared, never sniffed (Lao locale: decimal comma, dot thousands)."""

    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " ", ""] = ","


class FileKind(StrictModel):
    kind: Literal["csv", "excel"]
    encoding: str = "utf-8"
    delimiter: str = ","
    text_sheet: str | None = Key(None, description="sheet whose text tells captured values, where not the table's own")


class Unpivot(StrictModel):
    """Value columns laid across the sheet: each header that matches ``headers`` becomes rows.

    ``into`` maps a field to the named group of ``headers`` that holds its raw text; ``value`` is the
    field that receives the cells. A matrix is the case in which the headers are countries.
    ``empty_cells`` says what the sender means by leaving a cell empty: there is nothing to tell, or a
    value is missing (then it lands, marked so).
    """

    headers: str
    into: dict[str, str]
    value: str
    empty_cells: Literal["no_row", "missing"] = "no_row"


class Agreement(StrictModel):
    """A row above the header that names the same columns otherwise, such as codes over labels: ``names`` is header → name.

    Where it stands in the file, each of its names must stand over its own header. Nothing in a file whose two
    rows contradict each other tells by which of them its values were entered, so such a file is refused.
    """

    row: int = Key(ge=1)
    names: dict[str, str]


class Table(StrictModel):
    """One table inside the file; several are stacked. Row numbers are the sender's, from 1."""

    sheet: str | int | None = Key(None, description="name of the sheet, or its number from 1; the first unless said")
    header_rows: list[int] = [1]
    agrees_with: Agreement | None = None
    constants: dict[str, str] = {}
    unpivot: Unpivot | None = None
    ends_at: str | None = Key(None, description="the first row whose first filled cell matches ends the data")
    leave_out: str | None = Key(None, description="rows whose first filled cell matches are no data: sub-totals, notes, headings repeated")

    @model_validator(mode="after")
    def _names_above(self) -> Table:
        if self.agrees_with and self.agrees_with.row >= min(self.header_rows):
            raise ValueError("agrees_with.row: must be a row above the header rows")
        return self


class Column(StrictModel):
    """Where one field of the record comes from and how the sender writes it.

    A column without a place only says how its cells are written: they come from a table's constants or
    from headers laid across the sheet.
    """

    header: list[str] = []
    position: int | None = Key(None, ge=1, description="column number, for a column without a usable header")
    constant: str | None = None
    captured: str | None = Key(None, description="regex whose first group is found in the file name or banner text")
    extract: str | None = Key(None, description="regex whose first group is the part of the cell to use")
    format: list[str] = []
    calendar: Calendar = "gregorian"
    number: Numbers | None = None
    scale: float | None = None
    codes: dict[str, str] = {}

    @model_validator(mode="after")
    def _one_place(self) -> Column:
        places = [bool(self.header), self.position is not None, self.constant is not None, self.captured is not None]
        if sum(places) > 1:
            raise ValueError("give only one of header, position, constant, captured")
        return self

    @property
    def has_place(self) -> bool:
        return bool(self.header) or not self.position == self.constant == self.captured is None


class Period(StrictModel):
    """How the period of a delivery is told. An inbox sub-folder named YYYY-MM always wins.

    ``pattern`` has the named groups ``year`` and optionally ``month``, ``quarter``, ``day``; a month name
    in Lao, Thai or English is accepted. Without month or quarter a year ends in December.
    """

    source: Literal["file_name", "text", "column"]
    pattern: str = r"(?P<year>\d{4})-(?P<month>\d{2})"
    column: str | None = None
    calendar: Calendar = "gregorian"

    @model_validator(mode="after")
    def _complete(self) -> Period:
        if (self.source == "column") != (self.column is not None):
            raise ValueError("'column' goes with source: column")
        if "(?P<year>" not in self.pattern:
            raise ValueError("the pattern needs a group named 'year'")
        return self


class Totals(StrictModel):
    """Total rows: left out of the data; where ``must_add_up`` they are first compared with their parts."""

    field: str
    labels: list[str]
    must_add_up: bool = False
    tolerance: float = 0.5


class Residual(StrictModel):
    """A published total beside some of its parts: the difference lands as ``into``.

    As the unknown member where the parts need not add up; as another where only that is left out ("of which female").
    """

    field: str
    total: str
    into: str


class Scope(StrictModel):
    """Only rows in which one of the fields has the code concern the warehouse; the others are counted, not landed."""

    fields: list[str]
    code: str = "LAO"


class Contract(StrictModel):
    extract: str
    record: str
    title: Label
    ministry: Label
    owner: str
    licence: str
    citation: str = ""
    caveats: list[str] = []
    cadence: Literal["monthly", "quarterly", "yearly", "irregular"]
    due_day: int | None = Key(None, ge=1, le=366, description="days after the period's end by which it is due")
    until: str | None = Key(None, pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])$", description="last period of an extract that has ended")
    coverage: Literal["period", "history"] = "period"
    file: FileKind
    period: Period
    tables: list[Table] = Key(default=[Table()], min_length=1)
    columns: dict[str, Column]
    ignore: list[str] = []
    numbers: Numbers = Numbers()
    missing_marks: dict[str, Literal["nil", "M", "Q", "L"]] = {}
    totals: Totals | None = None
    residual: Residual | None = None
    scope: Scope | None = None
    max_rejected_pct: float = 5.0
    correction_min_pct: float = Key(50.0, ge=0, description="rows a second delivery of a month must have, of those landed")
    limits: Limits = Limits()

    @property
    def sender(self) -> str:
        return self.extract.split("__")[0]

    @property
    def has_decimal_comma(self) -> bool:
        return any(numbers.decimal == "," for numbers in (self.numbers, *(c.number for c in self.columns.values() if c.number)))

    @model_validator(mode="after")
    def _fits_together(self) -> Contract:
        if mistakes := misfits(self):
            raise ValueError("\n".join(mistakes))
        return self

    def provided(self, table: Table) -> set[str]:
        """The fields that one table delivers."""
        spread = {*table.unpivot.into, table.unpivot.value} if table.unpivot else set()
        placed = {name for name, column in self.columns.items() if column.has_place}
        return {*placed, *table.constants, *spread}

    def due_on(self, period: str) -> dt.date | None:
        """The day by which the delivery for ``period`` (YYYY-MM) is due; none after the extract has ended."""
        if self.due_day is None or (self.until and period > self.until):
            return None
        year, month = map(int, period.split("-"))
        first_after = dt.date(year + month // 12, month % 12 + 1, 1)
        return first_after + dt.timedelta(days=self.due_day - 1)


def _misfits_of_a_broken_one(loaded: dict[str, object]) -> list[str]:
    """What can be told beyond its shape of a contract whose shape is wrong: the parts that are right, put together."""
    doubtful = {name for name, part in Contract.model_fields.items() if part.is_required() and name not in loaded}
    parts: dict[str, object] = {"record": str(loaded.get("record")), "tables": [], "columns": {}}
    for name, model in {
        "file": FileKind,
        "period": Period,
        "numbers": Numbers,
        "totals": Totals,
        "residual": Residual,
        "scope": Scope,
    }.items():
        parts[name] = _part(model, loaded[name]) if name in loaded else Contract.model_fields[name].get_default()
    for name in ("cadence", "due_day", "until"):
        parts[name] = loaded.get(name)
    columns = loaded.get("columns")
    for name, column in (columns if isinstance(columns, dict) else {}).items():
        # One that is wrong in itself counts as there, or its field would be missed as well.
        parts["columns"][str(name)] = _part(Column, column) or Column(position=1)
    tables = loaded.get("tables", [{}])
    for number, table in enumerate(tables if isinstance(tables, list) else []):
        read = _part(Table, table)
        parts["tables"].append(read or Table())
        if read is None or not isinstance(columns, dict):
            doubtful.add(f"tables.{number}")
    return misfits(Contract.model_construct(**parts), frozenset(doubtful))


def _part(model: type[StrictModel], loaded: object) -> StrictModel | None:
    try:
        return model.model_validate(loaded)
    except ValidationError:
        return None


def load_contract(path: Path) -> Contract:
    """Read one contract; the file's name is the extract's name (``sender__name.yml``)."""
    if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*__[a-z0-9_]+", path.stem):
        raise DeclarationError(f"{path.name}: a contract is named sender__name.yml in lower case")
    return read_yaml(path, Contract, _misfits_of_a_broken_one, undecided, extract=path.stem)


def load_contracts(*folders: Path) -> dict[str, Contract]:
    """Every contract by extract: of ``folders``, else of the project and of the folder in ``WAREHOUSE_CONTRACTS``.

    Raises:
        DeclarationError: one line per mistake over all files.
    """
    folders = folders or tuple(contract_folders())
    contracts = {}
    mistakes = [
        f"{folder}: no such folder of contracts; create it or correct {CONTRACTS_VARIABLE}" for folder in folders if not folder.is_dir()
    ]
    for path in (path for folder in folders for path in sorted(folder.glob("*.yml"))):
        if path.stem in contracts:
            mistakes.append(f"{path.name}: another folder has a contract of this name; rename or remove one of the two")
            continue
        try:
            contracts[path.stem] = load_contract(path)
        except DeclarationError as error:
            mistakes.append(str(error))
    if mistakes:
        raise DeclarationError("\n".join(mistakes))
    return contracts
