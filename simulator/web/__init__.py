"""A class in a browser: the room in which phones vote. aiohttp and segno are the extra `web`, imported here only."""
