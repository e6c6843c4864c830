// Counts this thread's heap allocations, to show that a loop makes none.
#pragma once

/// Allocations of the calling thread so far; -1 where the C library's can't be counted (other than glibc).
long allocation_counter_value(void);
