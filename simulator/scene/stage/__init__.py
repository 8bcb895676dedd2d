"""Building the stage of a scene: places, flights, and the inside of a worker."""
