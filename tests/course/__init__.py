"""The course: lessons in their order, progress, review, and grading."""
