"""The study of docs/linking.md: can returns without a document be linked to later deployments, and would it serve the indicator?

``python -m sample_data.linking`` runs it on the generator's truth. Nothing of a night uses it.
"""
