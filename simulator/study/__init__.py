"""Many runs of a scenario: how sure one may be of a number, which setting is enough, which run breaks a goal."""
