#pragma once
#include <stdint.h>

/// A file driver of libhdf5 for files that are being made: its own for POSIX files, but libhdf5 never learns that a write or a truncation
/// has failed. It would go on to lose parts of the file without a word (a write that fails while an object is closed), or crash
/// when it closes the file. The driver keeps the first failure, drops everything after it, and whoever makes the file asks.
///
/// Called with the library locked, as all of libhdf5 is. The driver's identifier; below 0 where it can't be registered.
int64_t latching_driver(void);

/// The errno of the first failure on a file's descriptor since the driver opened it; 0 for none.
int latching_driver_failure(int descriptor);
