"""How many small faults, planted one at a time, the tests of a package notice."""
