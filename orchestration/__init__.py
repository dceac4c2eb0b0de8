"""Dagster: what the other packages do, as assets, checks, jobs and a schedule that people can see and drive.

What belongs here: wiring, and how outcomes are shown. What does not: any rule about data. It is the only
package of a night that imports Dagster.
"""
