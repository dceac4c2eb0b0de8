"""Imports alone: what the process that trials are forked from has ready, so that none of them waits for it."""

import great_expectations  # noqa: F401

import tests.deliver  # noqa: F401
