{{ public_table({'returns': 'returns_events'}) }}
order by all
