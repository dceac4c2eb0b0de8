"""Asset keys, derived from names and never mapped: the one place that spells them."""

from __future__ import annotations

import dagster as dg

LANDED = dg.AssetKey("landed")
APPROVAL = dg.AssetKey("approval")
CANDIDATE = dg.AssetKey("candidate")
RELEASE = dg.AssetKey("release")
POSTGRES = dg.AssetKey("postgres")


def delivery(extract: str) -> dg.AssetKey:
    return dg.AssetKey(["delivery", extract])


def raw(extract: str) -> dg.AssetKey:
    return dg.AssetKey(["raw", extract])


def record(name: str) -> dg.AssetKey:
    return dg.AssetKey(["record", name])
