"""``make contract``: a draft of a contract from a sample file, for a person to finish.

What a sample cannot tell, or tells in two ways, is written as TODO, and a contract that holds TODO is not accepted:
nothing is guessed silently. Nothing here is used at night.
"""
