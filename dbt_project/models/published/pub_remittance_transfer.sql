{{ public_table(
    {'transfers': 'remittance_transfers_received_events'},
    {'amount_usd': 'remittance_transfers_received_usd', 'amount_usd_mean': 'remittance_transfers_received_mean_usd'},
) }}
order by all
