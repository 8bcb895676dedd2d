"""Drawing of the stage: producers, queues, workers, and the inside of one."""
