"""From a finished build to a release: candidate, gate, promotion and what a release contains.

What belongs here: freezing, judging, hashing and swapping whole releases. What does not: Dagster, and any
number that a reader will quote (those are SQL, in the dbt project).
"""
