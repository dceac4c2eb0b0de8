"""Plausible defects of deliveries, and what becomes of them: the list, how each is made, and the trial of each."""
