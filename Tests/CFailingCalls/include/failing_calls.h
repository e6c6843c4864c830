/// A library to be preloaded (LD_PRELOAD), which lets one system call of a program under test fail.
///
/// Environment:
/// - FAILING_CALL: open, read, write, fsync, rename, link, truncate or mkdir;
/// - FAILING_NUMBER: which of these calls, from 1, on what lies in FAILING_FOLDER (an absolute path);
/// - FAILING_ERROR: the errno it fails with, or 0: it succeeds, but reads or writes no more than half of what it was asked for;
/// - FAILING_REPORT: a file that is made when the call has failed.
