"""`python -m service` is `khumbula`."""

from service.cli import main

main()
