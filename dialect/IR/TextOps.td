// Strings. Routines of lib/routines; part of the operation table, Ops.td.
