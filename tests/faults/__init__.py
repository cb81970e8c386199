"""The failure suite: workers and brokers fail under load, and the numbers have to be right afterwards."""
