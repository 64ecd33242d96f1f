"""What the commands of ``run.py`` do, one module each; imported only when the command runs."""
