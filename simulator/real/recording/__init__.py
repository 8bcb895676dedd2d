"""Recording of a running cluster: its events become a trace."""
