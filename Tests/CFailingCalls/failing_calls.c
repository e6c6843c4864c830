#define _GNU_SOURCE
#include "failing_calls.h"

#if defined(__linux__)

#include "calls_in_folder.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;

static int is_in_folder(const char *path) { return is_path_in("FAILING_FOLDER", path); }

static int descriptor_is_in_folder(int descriptor) { return is_descriptor_in("FAILING_FOLDER", descriptor); }

/// Whether this is the call that is to fail; `is_meant` says whether it is one that counts. Sets errno.
static int fails(const char *call, int is_meant) {
  const char *chosen = getenv("FAILING_CALL"), *number = getenv("FAILING_NUMBER"), *error = getenv("FAILING_ERROR");
  if (!is_meant || !chosen || !number || !error || strcmp(chosen, call) != 0) return 0;
  if (atomic_fetch_add(&calls, 1) + 1 != atol(number)) return 0;
  const char *report = getenv("FAILING_REPORT");
  if (report) syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, report, O_CREAT | O_WRONLY, 0666));
  errno = atoi(error);
  return 1;
}

#define ORIGINAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                                                     \
  int name(const char *path, int flags, ...) {                                         \
    va_list more;                                                                      \
    va_start(more, flags);                                                             \
    const mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0;    \
    va_end(more);                                                                      \
    return fails("open", is_in_folder(path)) ? -1 : ORIGINAL(name)(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                                \
  int name(int folder, const char *path, int flags, ...) {                                          \
    va_list more;                                                                                   \
    va_start(more, flags);                                                                          \
    const mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0;                 \
    va_end(more);                                                                                   \
    return fails("open", folder == AT_FDCWD ? is_in_folder(path) : descriptor_is_in_folder(folder)) \
             ? -1                                                                                   \
             : ORIGINAL(name)(folder, path, flags, mode);                                           \
  }
OPENAT(openat)
OPENAT(openat64)

/// Reads and writes of a buffer: one that fails without an error does half of its work.
#define TRANSFER(call, name, buffer_type, parameters, ...)                         \
  ssize_t name(int descriptor, buffer_type buffer, size_t count parameters) {      \
    if (fails(call, count > 1 && descriptor_is_in_folder(descriptor))) {           \
      if (errno != 0) return -1;                                                   \
      count /= 2;                                                                  \
    }                                                                              \
    return ORIGINAL(name)(descriptor, buffer, count __VA_ARGS__);                  \
  }
#define OFFSET(type) , type offset
TRANSFER("read", read, void *, )
TRANSFER("read", pread, void *, OFFSET(off_t), , offset)
TRANSFER("read", pread64, void *, OFFSET(off64_t), , offset)
TRANSFER("write", write, const void *, )
TRANSFER("write", pwrite, const void *, OFFSET(off_t), , offset)
TRANSFER("write", pwrite64, const void *, OFFSET(off64_t), , offset)

/// Calls on a descriptor that succeed or fail.
#define ON_DESCRIPTOR(call, name, parameters, ...)                                                                   \
  int name(int descriptor parameters) {                                                                              \
    return fails(call, descriptor_is_in_folder(descriptor)) ? -1 : ORIGINAL(name)(descriptor __VA_ARGS__);           \
  }
ON_DESCRIPTOR("fsync", fsync, )
ON_DESCRIPTOR("fsync", fdatasync, )
ON_DESCRIPTOR("truncate", ftruncate, OFFSET(off_t), , offset)
ON_DESCRIPTOR("truncate", ftruncate64, OFFSET(off64_t), , offset)

int rename(const char *from, const char *to) {
  return fails("rename", is_in_folder(to)) ? -1 : ORIGINAL(rename)(from, to);
}
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int how) {
  return fails("rename", is_in_folder(to)) ? -1 : ORIGINAL(renameat2)(from_folder, from, to_folder, to, how);
}
int link(const char *from, const char *to) { return fails("link", is_in_folder(to)) ? -1 : ORIGINAL(link)(from, to); }
int mkdir(const char *path, mode_t mode) {
  return fails("mkdir", is_in_folder(path)) ? -1 : ORIGINAL(mkdir)(path, mode);
}

#endif
