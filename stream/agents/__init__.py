"""The Faust agents: one for each source topic, each a thin line to the runtime."""
