"""Tests of the batch oracle, each expected number worked out by hand."""
