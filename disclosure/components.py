"""The parts of a system of equations that share no cell, so that each can be solved alone, and not again while it is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components


def components(matrix: sp.csr_matrix) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The cells (columns) and equations (rows) of each component, both ascending; cells in no equation are in none."""
    rows, columns = matrix.shape
    both = sp.bmat([[None, matrix], [matrix.T, None]], format="csr") if rows else sp.csr_matrix((columns, columns))
    labels = connected_components(both, directed=False)[1]
    order = np.argsort(labels, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        cells, equations = group[group >= rows] - rows, group[group < rows]
        if len(cells) and len(equations):
            yield cells, equations


def digest(method: str, part: sp.csr_matrix, *arrays: np.ndarray) -> str:
    """A hash of a component and all that is known of its cells and equations, as one method reads it."""
    told = hashlib.sha256(method.encode())
    for array in (part.indptr, part.indices, part.data, *arrays):
        told.update(np.ascontiguousarray(array).tobytes())
    return told.hexdigest()
