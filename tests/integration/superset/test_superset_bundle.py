"""The dashboards without Superset: every query runs on a release, shows nothing wrong, and leads nowhere else."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
import yaml
from sqlalchemy.engine import make_url

from ingestion.paths import DataRoot
from publishing.public_part import DATABASE
from serving.superset import __main__ as starting
from serving.superset.bundle import chart_identity, files, identity
from serving.superset.connection import LOCKED, NothingToShow, latest_release, lead_to_release, present
from serving.superset.definitions import Chart, Dashboard, Dataset, Metric, dashboards, datasets
from serving.superset.home import Home

DATASETS, DASHBOARDS = datasets(), dashboards()


@pytest.fixture(scope="module")
def con(published_once: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A release as Superset's connections see it."""
    release = latest_release(DataRoot(published_once))
    with duckdb.connect(str(release / DATABASE), read_only=True, config=LOCKED) as con:
        present(con)
        yield con


def query(chart: Chart, dataset: Dataset) -> str:
    """What Superset asks for a chart, as far as the definition says it."""
    columns = [*([chart.x] if chart.x else []), *chart.by]
    metrics = [f"{dataset.metrics[name].sql} as {name}" for name in chart.metrics]
    members = [f"{column} in ({', '.join(repr(value) for value in listed(told))})" for column, told in chart.where.items()]
    if chart.order:
        metrics.append(f"min({chart.order})" if chart.order in dataset.columns else dataset.metrics[chart.order].sql)
    chosen, grouped = " and ".join(members) or "true", f"group by {', '.join(columns)}" if columns else ""
    return f"select {', '.join([*columns, *metrics])} from ({dataset.sql}) as cells where {chosen} {grouped}"


def listed(told: str | list[str]) -> list[str]:
    return [told] if isinstance(told, str) else told


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_has_the_columns_that_it_declares_and_rows(name: str, con: duckdb.DuckDBPyConnection) -> None:
    found = con.sql(DATASETS[name].sql)
    assert found.columns == list(DATASETS[name].columns)
    assert found.limit(1).fetchall()


@pytest.mark.parametrize("name", DASHBOARDS)
def test_every_chart_can_be_drawn(name: str, con: duckdb.DuckDBPyConnection) -> None:
    for chart in DASHBOARDS[name].charts:
        con.sql(query(chart, DATASETS[chart.dataset])).fetchall()


@pytest.mark.parametrize("name", DASHBOARDS)
def test_charts_and_filters_name_members_that_exist(name: str, con: duckdb.DuckDBPyConnection) -> None:
    """A label that was changed in a code list would leave a chart empty without a word."""
    known = {code for row in con.sql("select code, label_en || ' · ' || label_lo from pub_label").fetchall() for code in row}
    told = [(chart.dataset, column, listed(members)) for chart in DASHBOARDS[name].charts for column, members in chart.where.items()]
    told += [(choice.dataset, choice.column, [choice.default]) for choice in DASHBOARDS[name].filters if choice.default]
    strange = [
        (dataset, column, member)
        for dataset, column, members in told
        for member in members
        if not (set(member.split("+")) <= {*DATASETS[dataset].columns, "total"} if column == "cut" else member in known)
    ]
    assert strange == []


def test_the_filters_pin_one_member_on_every_number(con: duckdb.DuckDBPyConnection) -> None:
    """Whoever opens a dashboard sees numbers of the whole country, not nothing because totals and parts met."""
    for dashboard in DASHBOARDS.values():
        for chart in (chart for chart in dashboard.charts if chart.kind == "number"):
            year = con.sql(f"select max(year) from ({DATASETS[dashboard.filters[0].dataset].sql})").fetchone()[0]
            chosen = {choice.column: choice.default or year for choice in dashboard.filters
                      if choice.column in DATASETS[chart.dataset].columns and choice.column not in chart.own_columns}  # fmt: skip
            shown = chart.model_copy(update={"where": {**chart.where, **chosen}})
            assert con.sql(query(shown, DATASETS[chart.dataset])).fetchone()[0] is not None, chart.title


def test_a_metric_shows_nothing_rather_than_a_wrong_sum() -> None:
    con = duckdb.connect()
    con.execute("create table cells (period_starts_on date, frequency varchar, sex varchar, contracts bigint)")
    con.execute("insert into cells values ('2026-01-01', 'M', '_T', 10), ('2026-02-01', 'M', '_T', 20), ('2026-01-01', 'A', '_T', 30)")
    con.execute("insert into cells values ('2026-01-01', 'M', 'female', 4), ('2026-02-01', 'M', 'female', null)")
    added, single = Metric(title="", of="contracts"), Metric(title="", of="contracts", adds_over_time=False)

    def shown(metric: Metric, where: str) -> int | None:
        return con.sql(f"select {metric.sql} from cells where {where}").fetchone()[0]

    assert shown(added, "frequency = 'M' and sex = '_T'") == 30
    assert shown(added, "sex = '_T'") is None, "a year and its months"
    assert shown(added, "frequency = 'M'") is None, "a total and its part"
    assert shown(added, "sex = 'female'") is None, "a month is withheld"
    assert shown(single, "frequency = 'A'") == 30 and shown(single, "frequency = 'M' and sex = '_T'") is None


@pytest.mark.parametrize("source", ["duckdb", "postgres"])
def test_the_bundle_holds_all_that_it_refers_to_and_no_address(source: str) -> None:
    bundle = {path: yaml.safe_load(content) for path, content in files(source).items()}
    kinds = {kind: [content for path, content in bundle.items() if path.startswith(kind)] for kind in ("charts", "datasets", "dashboards")}
    made = {kind: {content["uuid"] for content in contents} for kind, contents in kinds.items()}
    placed = [part["meta"]["uuid"] for board in kinds["dashboards"] for part in board["position"].values()
              if isinstance(part, dict) and part["type"] == "CHART"]  # fmt: skip
    assert sorted(placed) == sorted(made["charts"]) and len(placed) == len(kinds["charts"])
    assert {chart["dataset_uuid"] for chart in kinds["charts"]} <= made["datasets"]
    (database,) = [content for path, content in bundle.items() if path.startswith("databases")]
    assert {dataset["database_uuid"] for dataset in kinds["datasets"]} == {database["uuid"]} == {identity("database", "release")}
    address = make_url(database["sqlalchemy_uri"])
    assert (address.username, address.password, address.database or "release") == (None, None, "release")


def test_a_chart_keeps_its_identity_and_no_two_share_one() -> None:
    named = [chart_identity(name, chart) for name, board in DASHBOARDS.items() for chart in board.charts]
    assert len(set(named)) == len(named) and named == [
        chart_identity(name, chart) for name, board in dashboards().items() for chart in board.charts
    ]


def test_a_row_that_does_not_fill_the_page_is_refused() -> None:
    chart = {"title": "a", "kind": "number", "dataset": "release", "width": 5}
    with pytest.raises(ValueError, match="5 wide together, not 12"):
        Dashboard.model_validate({"title": "", "description": "", "rows": [{"height": 10, "charts": [chart]}]})


@pytest.mark.parametrize(
    "typed", ["duckdb:///release", "duckdb:////etc/passwd", "duckdb:///:memory:?access_mode=read_write", "duckdb:///md:x"]
)
def test_every_duckdb_address_leads_to_the_public_part_of_the_latest_release(
    typed: str, published_once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_DATA", str(published_once))
    address, parameters = lead_to_release(make_url(typed), {"poolclass": "kept"})
    assert Path(address.database) == (published_once / "releases" / "latest").resolve() / "public" / "public.duckdb"
    assert address.query == {} and parameters["poolclass"] == "kept"
    assert parameters["connect_args"] == {"read_only": True, "config": LOCKED}


@pytest.mark.parametrize(
    "statement",
    [
        "from read_csv('/etc/passwd')",
        "from read_text('/etc/passwd')",
        "from glob('/*')",
        "attach 'other.duckdb'",
        "copy (select 1) to 'taken.csv'",
        "export database 'taken'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "reset lock_configuration",
        "set memory_limit = '100GB'",
        "create table published.mine as select 1",
        "drop table published.pub_label",
    ],
)
def test_nothing_can_be_read_written_or_attached_from_a_release(statement: str, con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.Error, match=r"disabled|locked|read-only"):
        con.execute(statement).fetchall()


def test_secrets_are_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    home = Home.of(DataRoot(tmp_path))
    first = home.secret_key, home.password("reader"), home.password("admin")
    assert len(set(first)) == 3 and (Home.of(DataRoot(tmp_path)).secret_key, home.password("reader"), home.password("admin")) == first
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    assert {path.name for path in home.path.iterdir()} == {"secret_key", "reader_password", "admin_password"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.path.iterdir()} == {0o600}


def test_a_start_that_cannot_succeed_says_what_to_do(
    tmp_path: Path, published_once: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("WAREHOUSE_DATA", str(tmp_path))
    assert starting.main() == 1 and "run make demo or make nightly first" in capsys.readouterr().err
    monkeypatch.setenv("WAREHOUSE_DATA", str(published_once))
    monkeypatch.setenv("SUPERSET_SOURCE", "oracle")
    assert starting.main() == 1 and "one of duckdb, postgres" in capsys.readouterr().err
    monkeypatch.delenv("SUPERSET_SOURCE")
    with starting.socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("SUPERSET_PORT", str(taken.getsockname()[1]))
        assert starting.main() == 1 and "choose another, make superset SUPERSET_PORT=" in capsys.readouterr().err


def test_without_an_address_postgres_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUPERSET_POSTGRES_URL", raising=False)
    with pytest.raises(NothingToShow, match="SUPERSET_POSTGRES_URL is not set"):
        lead_to_release(make_url("postgresql+psycopg2://release/"), {})
    other = SimpleNamespace(get_backend_name=lambda: "mysql", host="elsewhere")
    assert lead_to_release(other, {"kept": 1}) == (other, {"kept": 1})
