"""The Migration Profile: a web page and a PDF, in English and in Lao, of the public part of a release.

What belongs here: how the finished ``public.duckdb`` reads as a report. Nothing else is read, so it can tell nothing that the audit has
not seen. ``profile.yml`` says which exhibits there are and what they are called, ``profile.sql`` computes all that they show, and Python
lays it out once, for the page and for the PDF alike.
"""
