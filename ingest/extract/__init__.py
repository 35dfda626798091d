"""Facts out of a version's stored text: one module for each kind of fact, each a pure function from a `Subject`."""
