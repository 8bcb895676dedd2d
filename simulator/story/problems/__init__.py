"""Problems in words: every code of an error, in both languages."""
