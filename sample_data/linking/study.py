"""What is compared: sets of features, mechanisms by which documents are missing, and assumptions that are varied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sample_data.linking.estimates import Links, links, share
from sample_data.linking.model import LANDED, alike, evidence
from sample_data.linking.registers import Assumptions, Registers, registers
from sample_data.window import Window

FEATURES = {
    "what lands today": LANDED,
    "+ day and month of birth": (*LANDED, "birthday"),
    "+ names in 64 buckets": (*LANDED, "given_bucket", "surname_bucket"),
    "+ keys of names": (*LANDED, "given_key", "surname_key"),
    "+ birth and buckets": (*LANDED, "birthday", "given_bucket", "surname_bucket"),
    "+ birth and keys of names": (*LANDED, "birthday", "given_key", "surname_key"),
}
CHOSEN = ("what lands today", "+ day and month of birth", "+ keys of names", "+ birth and keys of names")
THRESHOLDS = (0.5, 0.9)
FEWER_WORLDS = 3


@dataclass(frozen=True)
class Case:
    """A world, which of its returns are to be linked, and what the model learns from (as ``evidence`` takes them)."""

    assumed: Assumptions = field(default_factory=Assumptions)
    to_link: str = "not has_document"
    learns: str = "documents"


MECHANISMS = {missing: Case(Assumptions(missing=missing)) for missing in ("at random", "by reason", "by outcome")}
VARIED = {
    "as assumed": Case(),
    "twice the errors": Case(Assumptions(errors=2.0)),
    "twice the errors without a document": Case(Assumptions(errors_without_document=2.0)),
    "a quarter of the names": Case(Assumptions(given_names=375, surnames=1250)),
    "four times the names": Case(Assumptions(given_names=6000, surnames=20000)),
    "a tenth of the deployments": Case(Assumptions(deployments=0.1)),
    "learnt without documents": Case(learns="itself"),
    "one in ten has a new passport": Case(Assumptions(renewed=0.1), to_link="not is_known"),
}


@dataclass(frozen=True)
class Finding:
    """What one model finds in one world. Shares are of the returns to be linked, but for ``overall``: of all returns."""

    features: str
    alike: float
    true: float
    found: float
    error: float
    overall: dict[str, float]
    links: dict[float, Links]


def findings(window: Window, case: Case, names: Iterable[str] = CHOSEN) -> Iterator[Finding]:
    """One finding per set of features, on one world."""
    world = registers(window, case.assumed)
    for name in names:
        told = evidence(world, FEATURES[name], case.to_link, case.learns)
        found, error = share(told["likelihood"].to_numpy())
        made = {threshold: links(told, found, threshold) for threshold in THRESHOLDS}
        yield Finding(
            name, alike(world, FEATURES[name]), float(told["leaves_again"].mean()), found, error,
            _overall(world, found * len(told), made[THRESHOLDS[0]]), made,
        )  # fmt: skip


def _overall(world: Registers, estimated: float, made: Links) -> dict[str, float]:
    """The indicator, per cent of all returns, in truth and by each way to deal with returns without a document."""
    rows, documented = world.returns, world.returns[world.returns["has_document"]]
    by_reason = documented.groupby("reason")["is_known"].mean().reindex(rows["reason"].unique()).fillna(documented["is_known"].mean())
    known = int(rows["is_known"].sum())
    shares = {
        "the truth": rows["leaves_again"].mean(),
        "returns with a document only (today)": documented["is_known"].mean(),
        "the same, weighted by reason": (rows["reason"].value_counts(normalize=True) * by_reason).sum(),
        "those without a document taken not to leave": known / len(rows),
        "links": (known + made.made) / len(rows),
        "estimated without links": (known + estimated) / len(rows),
    }
    return {name: 100 * float(value) for name, value in shares.items()}


def everything(windows: list[Window], say: Callable[[str], None] = print) -> dict[str, list[Finding]]:
    """Findings by mechanism, of all worlds, and by assumption, of the first few; all sets of features for documents missing at random."""
    found: dict[str, list[Finding]] = {}
    for name, case in (MECHANISMS | VARIED).items():
        if case == Case() and found:
            found[name] = found["at random"]
            continue
        sets = FEATURES if case == Case() else CHOSEN
        worlds = windows if name in MECHANISMS else windows[:FEWER_WORLDS]
        found[name] = [one for world in worlds for one in findings(world, case, sets)]
        say(f"{name}: {len(found[name])} models")
    return found
