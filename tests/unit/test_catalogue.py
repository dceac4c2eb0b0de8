"""Which releases are kept and what they may be called, on folders that are releases by their names alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.paths import DataRoot
from publishing import catalogue, history
from publishing.catalogue import ReleaseError

VERSIONS = [f"202601{day:02d}T000000Z" for day in range(1, 8)]


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    held = DataRoot(tmp_path)
    for version in VERSIONS:
        (held.releases / version).mkdir(parents=True)
    held.latest.symlink_to(VERSIONS[-1])
    return held


def kept(root: DataRoot) -> list[str]:
    return [path.name for path in catalogue.versions(root)]


def test_the_newest_the_tagged_and_the_latest_are_kept(root: DataRoot) -> None:
    catalogue.tag(root, VERSIONS[1], "Migration Profile 2026")
    root.latest.unlink()
    root.latest.symlink_to(VERSIONS[3])
    catalogue.forget_old(root, 2)
    assert kept(root) == [VERSIONS[1], VERSIONS[3], *VERSIONS[-2:]]
    catalogue.forget_old(root, 2)
    assert kept(root) == [VERSIONS[1], VERSIONS[3], *VERSIONS[-2:]]


def test_how_many_are_kept_is_a_setting(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert catalogue.kept_releases() == 10
    monkeypatch.setenv("WAREHOUSE_KEPT_RELEASES", "3")
    assert catalogue.kept_releases() == 3
    for wrong in ("0", "-1", "many", "٣"):
        monkeypatch.setenv("WAREHOUSE_KEPT_RELEASES", wrong)
        with pytest.raises(ReleaseError, match="WAREHOUSE_KEPT_RELEASES"):
            catalogue.kept_releases()


def test_a_release_is_found_by_version_tag_latest_and_path(root: DataRoot, tmp_path: Path) -> None:
    catalogue.tag(root, "latest", "ບົດລາຍງານ 2026")
    copy = tmp_path / "copy"
    copy.mkdir()
    assert catalogue.find(root, VERSIONS[2]).name == VERSIONS[2]
    assert catalogue.find(root, "ບົດລາຍງານ 2026") == catalogue.find(root, "latest") == root.releases / VERSIONS[-1]
    assert (root.tags / "ບົດລາຍງານ 2026").resolve() == root.releases / VERSIONS[-1]
    assert catalogue.find(root, str(copy)) == copy
    with pytest.raises(ReleaseError) as unknown:
        catalogue.find(root, "20250101T000000Z")
    assert all(version in str(unknown.value) for version in VERSIONS)


def test_a_tag_is_never_moved(root: DataRoot) -> None:
    for _ in range(2):
        assert catalogue.tag(root, VERSIONS[0], "Cited") == VERSIONS[0]
    with pytest.raises(ReleaseError, match="never moved"):
        catalogue.tag(root, VERSIONS[1], "Cited")
    assert catalogue.tags(root) == {"Cited": VERSIONS[0]}
    assert [(event.event, event.release_version, event.tag) for event in history.events(root)] == [("tagged", VERSIONS[0], "Cited")]


@pytest.mark.parametrize("name", ["", " ", "../up", ".hidden", "a/b", "a\nb", "x" * 61, "latest", VERSIONS[0], "-", "a;b"])
def test_what_cannot_be_a_tag(root: DataRoot, name: str) -> None:
    with pytest.raises(ReleaseError, match="cannot be a tag"):
        catalogue.tag(root, VERSIONS[0], name)
    assert not root.tags.exists()


def test_what_was_rolled_back_stands_until_latest_returns_to_it(root: DataRoot) -> None:
    one, two, three = VERSIONS[-3:]
    history.record(root, "rolled_back", one, reason="wrong rates", withdrawn={two: {}, three: {}})
    assert set(history.withdrawn(root)) == {two, three}
    history.record(root, "rolled_back", two, reason="only the last was wrong")
    assert set(history.withdrawn(root)) == {three}
    assert catalogue.newest_version(root) == three
    assert [path.name for path in sorted(root.release_log.iterdir())] == ["000001_rolled_back.json", "000002_rolled_back.json"]
