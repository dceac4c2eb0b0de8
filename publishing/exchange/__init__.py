"""The public part for other systems: SDMX, a Frictionless data package with CSV files, and a DCAT catalogue.

All of it is made from ``public.duckdb`` alone, so that the folder can be given away as it is. What people open by hand is not here
(``publishing/workbooks``, ``publishing/pages``).
"""
