"""The warehouse beyond one machine: other engines and several workers, beside the ordinary night and never part of it."""
