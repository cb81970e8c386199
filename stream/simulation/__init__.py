"""What the simulated stories of all kinds share: chance, pace, people and how stories begin one another."""
