"""Analysis of finished runs: attainment of targets and the evidence behind it."""
