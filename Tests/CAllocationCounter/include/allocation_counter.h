// Counts this thread's heap allocations, to show that a loop makes none.
#pragma once

/// Allocations of the calling thread so far; -1 where they can't be counted (another C library than glibc, a sanitizer).
long allocation_counter_value(void);
