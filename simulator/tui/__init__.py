"""The terminal: player (the clock), scene (what is to be shown), drawing (how), and Textual around them."""
