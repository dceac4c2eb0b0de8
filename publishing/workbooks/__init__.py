"""Workbooks of the public part: one per theme, for readers without SQL.

What belongs here: how a finished ``public.duckdb`` looks in Excel. Nothing else is read, so a workbook can hold nothing that
the audit has not seen. SQL (``layout.sql``) makes every table; the rows of the large ones go from DuckDB into the file as text.
"""
