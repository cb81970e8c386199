"""Where events come from when no helpdesk sends them: the simulator, the replay of logs, the publisher."""
