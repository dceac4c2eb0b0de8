"""Files made to do harm, or broken on their way: each is refused with its reason or left, and stops nothing else."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from ingestion import archive, landing
from ingestion.archive import StillArriving, fetch, register, submissions
from ingestion.contract import load_contracts
from ingestion.inbox import left_alone, waiting
from ingestion.intake import take_in
from ingestion.names import shown
from ingestion.paths import PROJECT, DataRoot
from ingestion.readers import isolated
from orchestration import nightly
from orchestration.defs.automation import look_into_inbox
from tests.deliver import CROSSINGS, crossings_csv, drop, landed_rows, receive, with_limits
from tests.hostile import TEXTS, TWO_CORNERS, WORKBOOKS, workbook

ROW = "2026-{month:02d}-05 10:15:00,Departure,Wattay International Airport,Passport,SYN0012345,Lao,F,1990-05-01,,Thailand,,30"
LAND = "mops__crossings_land"
AN_HOUR = 3600
NOBODY = 65534


def good(month: int) -> str:
    return crossings_csv([ROW.format(month=month)])


def test_each_hostile_file_is_refused_with_its_own_reason_and_the_others_land(root: DataRoot) -> None:
    said = {}
    for number, (name, (content, words)) in enumerate(WORKBOOKS.items()):
        suffix = "ods" if ".ods" in name else "xlsx"
        drop(root, LAND, f"crossings_land_{2000 + number}-01.{suffix}", content)
        said[f"crossings_land_{2000 + number}-01.{suffix}"] = words
    for number, (content, words) in enumerate(TEXTS.values()):
        drop(root, CROSSINGS, f"crossings_{2000 + number}-01.csv", content)
        said[f"crossings_{2000 + number}-01.csv"] = words
    drop(root, CROSSINGS, "crossings_2026-03.csv", good(3))
    started = time.monotonic()
    handled, unclaimed = receive(root, with_limits(unpacked_mb=64))
    assert time.monotonic() - started < 60
    assert unclaimed == []
    outcomes = {entry.file_name: entry for entry in handled}
    assert outcomes.pop("crossings_2026-03.csv").outcome == "landed"
    assert {name: entry.outcome for name, entry in outcomes.items()} == dict.fromkeys(said, "refused")
    assert [(name, entry.reason) for name, entry in outcomes.items() if said[name] not in entry.reason] == []
    assert all(entry.remedy for entry in outcomes.values())
    assert len(list(root.receipts.rglob("*.json"))) == len(said) + 1


MEASURED = """
import json, resource, sys
from pathlib import Path
from ingestion.paths import DataRoot
from ingestion.readers import isolated
from tests.deliver import receive, with_limits
handled, unclaimed = receive(DataRoot(Path(sys.argv[1])), with_limits(file_mb=2048))
isolated.close()
own = next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(json.dumps({"own": own, "reader": reader, "said": [entry.reason or entry.outcome for entry in handled + unclaimed]}))
"""


def measured(root: DataRoot, **settings: str) -> dict:
    """Take in and land in a process of its own: its peak memory in MB, that of the reader of workbooks, what was said."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "WAREHOUSE_MEMORY_LIMIT": "512MB", **settings}
    done = subprocess.run([sys.executable, "-c", MEASURED, root.path], cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_memory_stays_bounded_whatever_a_file_holds(root: DataRoot) -> None:
    """A file of 2 GB within its limit of size, one above it, a line of 64 MB, and a workbook that wants half a terabyte."""
    for month, size in ((1, 2 << 30), (2, (2 << 30) + (1 << 20))):
        os.truncate(drop(root, CROSSINGS, f"crossings_2025-{month:02d}.csv", ""), size)
    drop(root, CROSSINGS, "crossings_2025-03.csv", good(3) + "x" * (64 << 20) + "\n")
    drop(root, LAND, "crossings_land_2026-03.xlsx", TWO_CORNERS)
    drop(root, CROSSINGS, "crossings_2026-04.csv", good(4))
    found = measured(root)
    expected = ["2,049 MB, more than the 2,048 MB", "it ends beyond byte 3,", "more than 4,096 MB", "landed"]
    assert [words for words in expected if not any(words in said for said in found["said"])] == [] and len(found["said"]) == 5, found
    assert found["own"] < 900 and found["reader"] < 400, found


def test_a_workbook_may_take_no_more_memory_or_time_than_it_is_given(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    isolated.close()
    monkeypatch.setenv("WAREHOUSE_WORKBOOK_SECONDS", "0.01")
    drop(root, LAND, "crossings_land_2026-03.xlsx", WORKBOOKS["a zip bomb"][0])
    drop(root, CROSSINGS, "crossings_2026-03.csv", good(3))
    outcomes = {entry.extract: entry for entry in receive(root)[0]}
    assert outcomes[CROSSINGS].outcome == "landed" and "more than 0.01 seconds" in outcomes[LAND].reason
    isolated.close()
    monkeypatch.setenv("WAREHOUSE_WORKBOOK_SECONDS", "60")
    monkeypatch.setenv("WAREHOUSE_WORKBOOK_MEMORY_MB", "500")
    drop(root, LAND, "crossings_land_2026-03.xlsx", workbook('<row r="60000"><c r="ALL60000"><v>1</v></c><c r="A1"><v>1</v></c></row>'))
    (large,), _ = receive(root)
    assert "more than 500 MB of memory" in large.reason
    isolated.close()


def test_whatever_a_damaged_workbook_does_to_its_parser_is_said_of_the_file(root: DataRoot) -> None:
    """Bytes changed at random in sound workbooks: the parser may fail, panic or die, the landing goes on."""
    import openpyxl

    sound = root.path / "sound.xlsx"
    book = openpyxl.Workbook()
    for row in range(200):
        book.active.append([f"cell {row} {column}" for column in range(12)])
    book.save(sound)
    chance = random.Random(4)
    for number in range(60):
        content = bytearray(sound.read_bytes())
        for _ in range(chance.choice((1, 3, 20))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        drop(root, LAND, f"crossings_land_{2000 + number % 20}-{number % 12 + 1:02d}.xlsx", bytes(content[: chance.choice((None, -200))]))
    drop(root, CROSSINGS, "crossings_2026-03.csv", good(3))
    handled, unclaimed = receive(root)
    assert unclaimed == [] and {entry.outcome for entry in handled} <= {"refused", "landed"}
    assert len(landed_rows(root, "border_crossing")) == 1


NAMES = [
    "a..%2f..%2fetc%2fpasswd_2025-01.csv",
    "a\\..\\..\\windows_2025-02.csv",
    "-rf ~_2025-03.csv",
    "two\nlines\r_2025-04.csv",
    "\u202egnp.exe\u200f_2025-05.csv",
    "ຂໍ້ມູນການຂ້າມແດນຂອງສະໜາມບິນສາກົນວັດໄຕ ເດືອນມິຖຸນາ_2025-06.csv",
    "*_2025-07.csv",
    "[a-z]{1,2}?_2025-08.csv",
    "'; drop table sent_text; --_2025-09.csv",
    "=cmd|'calc'!A1_2025-10.csv",
    "$(touch evil) `id`_2025-11.csv",
    "\x1b[2J\x07_2025-12.csv",
    f"{'long' * 58}_2026-01.csv",
    "no ending_2026-02",
    "packed_2026-03.csv.gz",
    os.fsdecode(b"no \xff\xfe text_2026-04.csv"),
    f"ending_2026-05.{'x' * 200}",
    'quote"s_2026-06.csv',
]


def test_a_name_is_only_a_name(root: DataRoot, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture) -> None:
    for name in NAMES:
        year, month = map(int, name.split("_")[-1][:7].split("-"))
        row = ROW.format(month=month).replace("2026", str(year))
        drop(root, CROSSINGS, name, crossings_csv([row, row.replace("Departure", "=sideways")]))
    before = set(root.path.parent.iterdir())
    with dg.DagsterInstance.ephemeral() as instance:
        arriving = look_into_inbox(dg.build_sensor_context(instance=instance), root, load_contracts())
        for path in waiting(root):
            os.utime(path, (time.time() - AN_HOUR, time.time() - AN_HOUR))
        ready = look_into_inbox(dg.build_sensor_context(instance=instance), root, load_contracts())
    assert f"{len(NAMES)} files changed less than" in arriving.skip_message and arriving.skip_message.isprintable()
    assert len(ready.run_requests) == 1
    print("\n".join(nightly.not_taken(root)))
    lenient = load_contracts()[CROSSINGS].model_copy(update={"max_rejected_pct": 50})
    handled, unclaimed = receive(root, {CROSSINGS: lenient})
    assert unclaimed == [] and [entry.reason for entry in handled if entry.outcome != "landed"] == []
    assert len(handled) == len(NAMES) == len(landed_rows(root, "border_crossing"))
    assert waiting(root) == [] and set(root.path.parent.iterdir()) == before
    assert len(list(root.receipts.rglob("*.json"))) == len(NAMES) and len(list(root.receipts.rglob("receipt.xlsx"))) > 0
    with duckdb.connect() as con:
        names = [name for (name,) in con.execute(f"select file_name from '{root.submissions_meta}'").fetchall()]
    assert sorted(names) == sorted(map(shown, NAMES))
    assert all(name.isprintable() and (name.isascii() or "ຂໍ້" in name) for name in names)
    assert {path.suffix for path in root.archive.rglob("*") if path.is_file()} <= {".csv", ".gz", "", ".json"}
    assert all(text.isprintable() for text in capsys.readouterr().out.splitlines())


def test_a_document_number_in_a_name_is_not_passed_on(root: DataRoot) -> None:
    drop(root, CROSSINGS, "SYN0012345 of 2026-03-05_20260301_2026-03.csv", good(3))
    (entry,), _ = receive(root)
    assert entry.file_name == "AAA9999999 of 2026-03-05_20260301_2026-03.csv"


def test_headings_that_are_somebodys_data_are_not_quoted(root: DataRoot) -> None:
    """A file without its heading row: what stands in its place is a person's data."""
    drop(root, CROSSINGS, "crossings_2026-03.csv", ROW.format(month=3) + "\n" + ROW.format(month=3) + "\n")
    (entry,), _ = receive(root)
    assert entry.outcome == "refused" and "few or none of those agreed" in entry.reason
    assert not any(cell in entry.reason + entry.remedy for cell in ("12345", "1990-05-01", "Wattay"))


def test_links_and_other_things_that_are_no_files_are_named_and_never_followed(
    root: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = drop(root, CROSSINGS, "crossings_2026-03.csv", good(3)).parent
    outside = Path(tempfile.mkdtemp(dir=tmp_path.parent))
    (outside / "secret_2026-04.csv").write_text(good(4))
    (folder / "link_2026-04.csv").symlink_to(outside / "secret_2026-04.csv")
    (folder / "2026-05").symlink_to(outside, target_is_directory=True)
    (folder / "dangling_2026-06.csv").symlink_to(outside / "nothing")
    (root.inbox / LAND).symlink_to(outside, target_is_directory=True)
    os.mkfifo(folder / "pipe_2026-07.csv")
    with socket.socket(socket.AF_UNIX) as made:
        # The name of a socket may not be long.
        monkeypatch.chdir(folder)
        made.bind("s_2026-08.csv")
    handled, unclaimed = receive(root)
    assert [(entry.period, entry.outcome) for entry in handled] == [("2026-03", "landed")]
    said = {entry.path.name: entry.reason for entry in unclaimed}
    links = {"link_2026-04.csv", "2026-05", "dangling_2026-06.csv", LAND}
    assert set(said) == links | {"pipe_2026-07.csv", "s_2026-08.csv"}
    assert all("links are never followed" in said[name] for name in links) and "not a plain file" in said["pipe_2026-07.csv"]
    assert (outside / "secret_2026-04.csv").exists()
    with pytest.raises(OSError, match="Too many levels"):
        fetch(root, folder / "link_2026-04.csv")


def test_a_file_put_there_while_the_one_before_it_is_taken_stays(root: DataRoot) -> None:
    path = drop(root, CROSSINGS, "crossings_2026-03.csv", good(3))
    arrival = fetch(root, path)
    newer = path.with_name("newer")
    newer.write_text(good(3).replace("Thailand", "China"))
    newer.replace(path)
    register(root, arrival, CROSSINGS, "2026-03")
    assert "China" in path.read_text()
    assert "Thailand" in submissions(root)[0].bytes_path(root).read_text()


def test_a_file_that_changes_while_it_is_copied_waits_for_the_next_turn(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drop(root, CROSSINGS, "crossings_2026-03.csv", good(3))
    seen = archive.os.fstat

    def and_then_somebody_writes(descriptor: int) -> os.stat_result:
        state = seen(descriptor)
        with path.open("a") as more:
            more.write(ROW.format(month=3) + "\n")
        return state

    monkeypatch.setattr(archive.os, "fstat", and_then_somebody_writes)
    with pytest.raises(StillArriving):
        fetch(root, path)
    taken, unclaimed = take_in(root, load_contracts(), progress=lambda _line: None)
    assert taken == [] and "it changed while it was copied" in unclaimed[0].reason and path.exists()


def test_half_written_files_are_waited_for(root: DataRoot) -> None:
    def put(name: str, age: float) -> Path:
        path = drop(root, CROSSINGS, name, good(3))
        os.utime(path, (time.time() - age, time.time() - age))
        return path

    stable = put("stable_2026-03.csv", AN_HOUR)
    put("fresh_2026-03.csv", 1)
    growing = put("growing_2026-03.csv", AN_HOUR)
    for name in ("a.csv.part", "b.csv.crdownload", "c.csv.filepart", "d.tmp", "~$e.xlsx", ".~lock.f.xlsx#", ".g.csv.Xy12", "Thumbs.db"):
        put(name, 60)
    with growing.open("ab"):
        assert waiting(root, stable_seconds=30) == [stable]
    assert set(waiting(root, stable_seconds=30)) == {growing, stable}
    assert list(left_alone(root)) == []
    put("a.csv.part", 2 * AN_HOUR)
    assert [(path.name, "unfinished transfer" in why) for path, why in left_alone(root)] == [("a.csv.part", True)]


def test_a_file_from_the_future_does_not_wait_for_ever(root: DataRoot) -> None:
    path = drop(root, CROSSINGS, "crossings_2026-03.csv", good(3))
    os.utime(path, (time.time() + 10**9, time.time() + 10**9))
    assert waiting(root, stable_seconds=30) == []
    time.sleep(0.2)
    assert waiting(root, stable_seconds=0.1) == [path]


def test_a_folder_named_like_a_file_is_a_folder_and_a_deep_one_is_reported(root: DataRoot) -> None:
    drop(root, CROSSINGS, "crossings_2026-03.csv/crossings_2026-04.csv", good(4))
    deep = drop(root, CROSSINGS, "/".join("abcdefghij") + "/crossings_2026-05.csv", good(5))
    handled, unclaimed = receive(root)
    assert [(entry.period, entry.outcome) for entry in handled] == [("2026-04", "landed")]
    assert deep.exists() and "too deep in folders" in unclaimed[0].reason


def test_files_and_folders_that_may_not_be_read_are_reported(root: DataRoot) -> None:
    """As the account of nobody, where the tests run as root, whom nothing is forbidden."""
    if os.geteuid():
        pytest.skip("only root can become somebody else")
    receive(root)
    closed = drop(root, CROSSINGS, "closed_2026-03.csv", good(3))
    inside = drop(root, CROSSINGS, "2026-04/inside.csv", good(4))
    drop(root, CROSSINGS, "crossings_2026-05.csv", good(5))
    receive(root)  # everything that is loaded late is loaded now
    closed, inside = drop(root, CROSSINGS, closed.name, good(3)), drop(root, CROSSINGS, "2026-04/inside.csv", good(4))
    stuck = drop(root, CROSSINGS, "2026-07/stuck.csv", good(7))
    drop(root, CROSSINGS, "crossings_2026-06.csv", good(6))
    for path in (root.path, *root.path.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    closed.chmod(0)
    inside.parent.chmod(0)
    stuck.parent.chmod(0o555)
    opened = [folder for folder in root.path.parents if not folder.stat().st_mode & 0o001]
    modes = {folder: folder.stat().st_mode for folder in opened}
    for folder in opened:
        folder.chmod(modes[folder] | 0o011)
    os.seteuid(NOBODY)
    try:
        handled, unclaimed = receive(root)
    finally:
        os.seteuid(0)
        for folder in opened:
            folder.chmod(modes[folder])
    assert [(entry.period, entry.outcome) for entry in handled] == [("2026-06", "landed")]
    said = {entry.path.name: entry.reason for entry in unclaimed}
    assert set(said) == {"closed_2026-03.csv", "2026-04", "stuck.csv"}
    assert all("may not" in reason for reason in said.values())


def test_many_bad_files_for_one_month_take_as_many_times_one(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is tried, the newest first; the history of all deliveries is read once and not once for each."""
    read = []
    monkeypatch.setattr(landing, "submissions", lambda root: read.append(1) or submissions(root))
    for number in range(60):
        drop(root, CROSSINGS, f"crossings_{number}_2026-03.csv", f"no,such,header\n{number},2,3\n")
    drop(root, CROSSINGS, "crossings_2026-04.csv", good(4))
    handled, unclaimed = receive(root)
    assert unclaimed == [] and sum(entry.outcome == "refused" for entry in handled) == 60
    assert len(landed_rows(root, "border_crossing")) == 1 and len(read) < 5
