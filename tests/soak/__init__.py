"""The soak: endless load in accelerated event time, under which memory and changelog have to level off."""
