"""What we add to Faust: batches, the state table, recovery, the processor."""
