"""How good and how fast: measures, data sets, benchmarks and the gold questions."""
