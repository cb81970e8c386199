"""SLA: policies, clocks that tick under them, and the agenda of what falls due."""
