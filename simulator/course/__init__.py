"""The course: lessons, exercises, grading, review, and the learner's progress."""
