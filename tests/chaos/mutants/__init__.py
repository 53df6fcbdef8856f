"""Planted bugs. Each `*.patch` breaks one promise and names the tests that must notice; `make mutants` tries
them all, for a test that nothing fails proves nothing."""
