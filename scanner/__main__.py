"""`python -m scanner` is the command `bastionless`."""

from scanner.cli import main

main()
