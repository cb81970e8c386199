"""Pure: which sentiment a text has, by a model that was trained with labelled texts."""
