{{ public_table({'victims_persons': 'trafficking_victims_detected_persons'}) }}
order by all
