"""Advice on settings: rules that find what will hurt, and the way from a symptom to its causes.

A rule is a condition on a scenario (`rules`) and a small scenario that shows the harm (`demos/<rule>.yaml`): its title
names the rule, its summary the consequence, its variant `fixed` the remedy.
"""
