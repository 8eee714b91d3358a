"""Headings of delivered tables: where they stand, what they mean, which table they tell.

`aliases.toml` is the list of headings; what is not in it is never guessed.
"""
