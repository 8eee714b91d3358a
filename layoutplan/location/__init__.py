"""Plain location problems: which sites open, and which site serves each unit."""
