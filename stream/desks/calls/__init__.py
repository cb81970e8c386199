"""Calls: visits of queues by phone and chat, how long they waited, and how long they were served."""
