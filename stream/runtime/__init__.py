"""What deskpulse adds to Faust: batches, atomic state, dead letters, batched recovery."""
