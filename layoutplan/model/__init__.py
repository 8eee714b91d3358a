"""The layout model: which sites teach which bands, and where pupils go."""
