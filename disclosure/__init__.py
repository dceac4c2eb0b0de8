"""Disclosure control on arrays: which cells to withhold, and what a reader could still work out.

What belongs here: linear programs over cells and the equations between them. What does not: what a cell counts, which
counts are small, and any join: cells and equations come from SQL, and the answer goes back to it.
"""
