"""Serving: releases brought to where many people read them, fed from a release and never from the build.

What belongs here: loading a published release into another server, and who may read it there. What does not: deciding
what is published (publishing), and any number that a reader will quote.
"""
