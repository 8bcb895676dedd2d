"""Problems in words: every error code, in both languages."""
