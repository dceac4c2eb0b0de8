"""Superset in a real browser: what its pages show is what SQL says of the release, also of the next one; and nobody gets further.

``SERVING=full`` runs it (``make serving``).
"""

from __future__ import annotations

import copy
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from ingestion.paths import DataRoot
from publishing.public_part import DATABASE
from serving.postgres.publication import publish
from serving.postgres.settings import URL_VARIABLE
from serving.superset.definitions import dashboards
from tests.integration.postgres import server
from tests.integration.superset.browser import Page, browser
from tests.integration.superset.running_superset import Superset, Visitor, running

pytestmark = pytest.mark.superset

FAILED = ".ant-alert-error"


@dataclass(frozen=True)
class Expected:
    """A number and a table of one dashboard in SQL that owes nothing to the dashboards' own: the newest year, by label."""

    number: str
    table: str
    column: int
    values: str
    """The published values of the newest year, with ``label`` for the members that the table lists."""
    total: str
    """Which of them is the number."""
    listed: str = "true"
    format: str = ",d"


def newest_year(table: str, measure: str, dimension: str, code: str, where: str) -> str:
    return f"""
        select label_en as label, {measure} as value, cells.* from {table} as cells
        left join pub_label on dimension_code = '{dimension}' and pub_label.code = {code}
        where frequency_code = 'A' and area_code = 'LAO' and sex_code = '_T' and age_group_code = '_T' and {where}
            and time_period = (select max(time_period) from {table} where frequency_code = 'A')"""


EXPECTED = {
    "labour_migration": Expected(
        "Contracts started", "Destinations in figures", 2,
        newest_year("pub_labour_deployment", "contracts", "counterpart_country", "counterpart_country_code", "breakdown_name = '_Z'"),
        total="counterpart_country_code = '_T'",
    ),
    "remittances": Expected(
        "Transfers ·", "Corridors in figures", 3,
        newest_year("pub_remittance_transfer", "transfers", "counterpart_country", "counterpart_country_code", "breakdown_name = '_Z'"),
        total="counterpart_country_code = '_T'",
    ),
    "borders_and_returns": Expected(
        "Entries", "Points of entry", 2,
        newest_year("pub_border_crossing", "crossings", "point_of_entry", "breakdown_code", "counterpart_country_code = '_T'"),
        total="direction_code = 'entry' and breakdown_name = '_Z'",
        listed="direction_code = '_T' and breakdown_name = 'point_of_entry'",
    ),
    "data_quality": Expected(
        "Deliveries received", "Senders", 1,
        newest_year("pub_indicator_value", "value", "sender", "breakdown_code", "measure_code = 'deliveries_complete_pct'"),
        total="breakdown_name = '_Z'",
        listed="breakdown_name = 'sender'",
        format=",.1f",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def root(published_once: Path, tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A data root with the releases alone: Superset needs nothing else of it."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(published_once / "releases", folder / "releases", symlinks=True)
    return DataRoot(folder)


@pytest.fixture(scope="module")
def superset(root: DataRoot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Superset]:
    with running(root, tmp_path_factory.mktemp("log") / "superset.log") as superset:
        yield superset


@pytest.fixture(scope="module")
def page(superset: Superset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("profile")) as page:
        log_in(page, superset)
        yield page


@pytest.fixture(scope="module")
def admin(superset: Superset) -> Visitor:
    """The administrator, logged in once: Superset counts logins."""
    return Visitor(superset, "admin")


def log_in(page: Page, superset: Superset, user: str = "reader") -> None:
    """As a person does, through the form."""
    # Tall, so that every chart is in sight: those that are not are not drawn.
    page.ask("Emulation.setDeviceMetricsOverride", width=1500, height=4500, deviceScaleFactor=1, mobile=False)
    page.open(f"{superset.address}/login/")
    page.wait_for("!!document.querySelector('#password')")
    for field, value in {"username": user, "password": superset.password(user)}.items():
        page.run(f"document.querySelector('#{field}').focus()")
        page.ask("Input.insertText", text=value)
    page.run("document.querySelector('button[type=submit]').click()")
    page.wait_for("location.pathname.includes('welcome')")


def open_dashboard(page: Page, superset: Superset, name: str) -> dict[str, str]:
    """The text of every chart by its title, once all are drawn."""
    page.open("about:blank")
    page.open(f"{superset.address}/superset/dashboard/{name.replace('_', '-')}/")
    charts = "[...document.querySelectorAll('[data-test-chart-name]')]"
    drawn = f"{charts}.filter(e => e.querySelector('[data-test=slice-container], {FAILED}') && !e.querySelector('.loading'))"
    page.wait_for(f"{drawn}.length == {len(dashboards()[name].charts)}", 120)
    return page.run(f"Object.fromEntries({charts}.map(e => [e.dataset.testChartName, e.innerText]))")


def failures(page: Page) -> list[str]:
    return page.run(f"[...document.querySelectorAll('{FAILED}')].map(e => e.innerText)")


def number_shown(page: Page, title: str) -> str:
    return page.run(f"document.querySelector('[data-test-chart-name^=\"{title}\"] .header-line').innerText")


def table_shown(page: Page, title: str, column: int) -> dict[str, str]:
    """The first name of each row and one of its cells."""
    rows = f"[...document.querySelectorAll('[data-test-chart-name^=\"{title}\"] tbody tr')]"
    cells = page.run(f"{rows}.map(row => [...row.children].map(cell => cell.innerText.trim()))")
    return {row[0].split(" · ")[0]: row[column] for row in cells}


def sql(release: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(release / DATABASE), read_only=True) as con:
        con.execute("set search_path = 'published,marts'")
        return con.execute(query).fetchall()


def assert_shows(page: Page, superset: Superset, name: str, release: Path) -> None:
    """No chart fails; the release is named; a number and a whole table are what SQL says of this release."""
    expected = EXPECTED[name]
    texts = open_dashboard(page, superset, name)
    assert failures(page) == []
    (told,) = [text for title, text in texts.items() if title.startswith("Release")]
    assert release.name in told and "SYNTHETIC" in told
    ((number,),) = sql(release, f"select value from ({expected.values}) where {expected.total}")
    assert number_shown(page, expected.number) == format(number, expected.format)
    rows = sql(release, f"select label, value from ({expected.values}) where {expected.listed}")
    assert rows and table_shown(page, expected.table, expected.column) == {
        label: "N/A" if value is None else format(value, expected.format) for label, value in rows
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_a_dashboard_shows_what_the_release_says(name: str, page: Page, superset: Superset, root: DataRoot) -> None:
    assert_shows(page, superset, name, root.latest.resolve())


@contextmanager
def published_meanwhile(root: DataRoot, version: str, *changes: str) -> Iterator[Path]:
    """Another release with these changes, to which latest points until the end."""
    before = root.latest.resolve()
    published = shutil.copytree(before, before.parent / version, copy_function=shutil.copyfile)
    with duckdb.connect(str(published / DATABASE)) as con:
        for change in (f"update published.pub_release set version = '{version}'", *changes):
            con.execute(change)
    point_to(root, published)
    try:
        yield published
    finally:
        point_to(root, before)


def point_to(root: DataRoot, release: Path) -> None:
    """In one step, as publishing does."""
    link = root.releases / ".latest.next"
    link.symlink_to(release.name)
    link.replace(root.latest)


def test_a_new_release_shows_without_a_restart(page: Page, superset: Superset, root: DataRoot) -> None:
    changes = [
        "update published.pub_labour_deployment set contracts = contracts * 3",
        "update published.pub_remittance_transfer set transfers = transfers * 3",
        "update published.pub_border_crossing set crossings = crossings * 3",
        "update published.pub_indicator_value set value = value / 3 where measure_code = 'deliveries_complete_pct'",
    ]
    before = root.latest.resolve()
    with published_meanwhile(root, "20991231T235959Z", *changes) as published:
        for name in EXPECTED:
            assert_shows(page, superset, name, published)
    assert_shows(page, superset, "remittances", before)


def test_a_chart_that_fails_is_seen_by_these_tests(page: Page, superset: Superset, root: DataRoot) -> None:
    with published_meanwhile(root, "20991230T235959Z", "drop table published.pub_foreign_permit"):
        open_dashboard(page, superset, "labour_migration")
        assert len(failures(page)) == sum(chart.dataset == "permits" for chart in dashboards()["labour_migration"].charts)


def test_pages_come_from_this_machine_and_load_nothing_from_another(page: Page, superset: Superset) -> None:
    with urllib.request.urlopen(f"{superset.address}/login/") as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "http" not in policy and "*" not in policy
    open_dashboard(page, superset, "data_quality")
    loaded = page.run("performance.getEntriesByType('resource').filter(e => e.responseStatus).map(e => new URL(e.name).origin)")
    assert set(loaded) == {superset.address}


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("select * from read_csv('/etc/passwd')", "file system operations are disabled"),
        ("select * from read_text('/etc/passwd')", "file system operations are disabled"),
        ("select * from glob('/*')", "file system operations are disabled"),
        ("from query('select * from read_text(''/etc/passwd'')')", "file system operations are disabled"),
        ("attach 'other.duckdb'", "file system operations are disabled"),
        ("select 1; attach 'other.duckdb'", "file system operations are disabled"),
        ("attach ':memory:' as other", "in read-only mode"),
        ("copy (select 1) to 'taken.csv'", "file system operations are disabled"),
        ("set enable_external_access = true", "the configuration has been locked"),
        ("reset lock_configuration", "the configuration has been locked"),
        ("pragma memory_limit = '100GB'", "the configuration has been locked"),
        ("install httpfs", "file system operations are disabled"),
        ("load httpfs", "Loading external extensions is disabled"),
        ("create table marts.mine as select 1", "does not allow for DDL/DML"),
        ("delete from published.pub_return", "does not allow for DDL/DML"),
        ("select * from fct_labour_deployment", "does not exist"),
    ],
)
def test_not_even_an_administrator_gets_out_of_the_release_by_sql(admin: Visitor, statement: str, answer: str) -> None:
    status, said = admin.sql(statement)
    assert status >= 400 and answer in said


def test_a_database_that_an_administrator_adds_is_the_release_again(admin: Visitor, root: DataRoot) -> None:
    restricted = root.latest.resolve() / "warehouse.duckdb"
    status, made = admin.ask("database/", {"database_name": "restricted", "sqlalchemy_uri": f"duckdb:///{restricted}"})
    assert status == 201
    assert admin.sql("select count(*) from pub_label", made["id"])[0] == 200
    assert "does not exist" in admin.sql("select * from marts.fct_labour_deployment", made["id"])[1]


def test_sql_and_data_are_for_those_who_logged_in_and_may(superset: Superset, admin: Visitor) -> None:
    assert admin.sql("select version from current_release")[0] == 200
    assert Visitor(superset, "reader").sql("select 1")[0] == 403
    assert {Visitor(superset).ask(path)[0] for path in ("chart/", "dashboard/", "dataset/", "database/")} == {401}
    forged = copy.copy(admin)
    forged.headers = {name: value for name, value in admin.headers.items() if name != "X-CSRFToken"}
    status, said = forged.sql("select 1")
    assert status == 400 and "CSRF" in said


def test_secrets_are_in_no_argument_log_or_answer(superset: Superset, admin: Visitor) -> None:
    secrets = [(superset.root.superset / name).read_text() for name in ("secret_key", "admin_password", "reader_password")]
    arguments = Path(f"/proc/{superset.process.pid}/cmdline").read_text()
    told = [superset.said(), arguments, (superset.root.superset / "preparation.log").read_text(), admin.ask("database/1")[1]]
    assert not any(secret in str(text) for secret in secrets for text in told)


def test_a_second_start_keeps_what_people_made(root: DataRoot, tmp_path: Path) -> None:
    own = {"slice_name": "My own chart", "viz_type": "table", "datasource_id": 1, "datasource_type": "table", "params": "{}"}
    with running(root, tmp_path / "first.log") as superset:
        assert Visitor(superset, "reader").ask("chart/", own)[0] == 201
    # As after an upgrade: everything is prepared and imported anew.
    (root.superset / "prepared_for").unlink()
    with running(root, tmp_path / "second.log") as superset:
        charts = Visitor(superset, "reader").ask("chart/?q=(page_size:100)")[1]
    assert charts["count"] == 1 + sum(len(dashboard.charts) for dashboard in dashboards().values())
    assert "My own chart" in {chart["slice_name"] for chart in charts["result"]}


def test_the_same_dashboards_on_postgres(
    root: DataRoot, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = root.latest.resolve()
    apart = DataRoot(tmp_path / "apart")
    apart.path.mkdir()
    with server.running() as postgres:
        postgres.new_warehouse()
        monkeypatch.setenv(URL_VARIABLE, postgres.url("loader"))
        publish(release)
        monkeypatch.delenv(URL_VARIABLE)
        address = postgres.url("analyst")
        with (
            running(apart, tmp_path / "postgres.log", SUPERSET_SOURCE="postgres", SUPERSET_POSTGRES_URL=address) as superset,
            browser(tmp_path_factory.mktemp("profile")) as page,
        ):
            log_in(page, superset)
            for name in EXPECTED:
                assert_shows(page, superset, name, release)
            admin = Visitor(superset, "admin")
            assert admin.sql("select count(*) from pub_label")[0] == 200
            assert admin.sql("create table mine (i int)")[0] >= 400
            assert "disallowed function" in admin.sql("select pg_read_file('/etc/passwd')")[1]
            assert "permission denied" in admin.sql("select * from control.release")[1]
            assert address.encode() not in (apart.superset / "metadata.db").read_bytes() and address not in superset.said()
