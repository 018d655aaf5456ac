"""Files of the vault → `Note`s with `Section`s."""
