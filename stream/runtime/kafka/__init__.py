"""What we add to Kafka's client: atomic appends, claims, topics, groups, growth."""
