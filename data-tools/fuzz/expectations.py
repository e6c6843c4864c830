"""What a reader may make of a mutant."""

# What the good file gives.
SAME = "same"
REFUSED = "refused"
# Of sealed files: any damage is noticed.
REFUSED_OR_SAME = "refused or same"
# Refused, or some result: changed numbers are numbers.
EITHER = "either"
