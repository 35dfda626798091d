"""The doors: command line, HTTP, web page and the phrasing of answers."""
