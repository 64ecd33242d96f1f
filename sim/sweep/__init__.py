"""Many settings of a scenario: designs, cells that are never simulated twice, one dataset."""
