"""Values that the format knows: quantities, schedules, routes, paths."""
