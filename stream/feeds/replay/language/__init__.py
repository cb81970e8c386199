"""The language of mappings: what a mapping file may hold, as models that refuse all else."""
