"""What our code adds to the bare work: each piece of work beside the same work in bare DuckDB.

What belongs here: inputs, pieces of work, how they are measured and told. What does not: anything the
warehouse itself runs, and tests that fail by the clock (a slow result is told, it stops nothing).
"""
