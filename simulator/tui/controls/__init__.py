"""Commands of the user, and the one table of their keys and words."""
