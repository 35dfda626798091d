"""What is remembered, and how it is found. Imports no sibling package; knows no HTTP and parses no file."""
