"""Drawing of all that is no stage: pages, panels, questions of a class."""
