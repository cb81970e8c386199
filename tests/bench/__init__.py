"""``make bench``: how fast deskpulse is on this machine, against the raw consumer loop and against plain Faust."""
