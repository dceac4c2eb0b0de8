"""Generator of synthetic extracts, calibrated to published totals; everything it writes is labelled synthetic.

It writes what senders would deliver into the inbox, and beside it (``truth/``) what really happened in the
synthetic world, so that the warehouse's answers can be measured. It never writes into the warehouse itself.
"""
