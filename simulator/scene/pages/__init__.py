"""Building pages and panels of a scene."""
