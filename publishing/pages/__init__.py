"""Pages of a release, opened as files: its front pages and its data dictionary.

What belongs here: how a finished release is told to a person. Every number comes from SQL on the release, every word about a
table from the build record. A page is one file with neither address nor font from outside, readable without its script.
"""
