"""The language of goals, answers and breakpoints: parsed, checked and evaluated."""
