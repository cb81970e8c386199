"""Windows, panes, histograms and clocks: pure arithmetic over times and amounts."""
