// Preloaded: the process gets a signal right before one of the system calls that change something in a folder.
//
// KILL_FOLDER says which folder, KILL_CALL which of its calls (from 1), KILL_SIGNAL which signal, and KILL_REPORT a file
// that then gets the call's name.
#define _GNU_SOURCE
#include "../../Tests/CFailingCalls/calls_in_folder.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long calls;

static int is_in_folder(const char *path) { return is_path_in("KILL_FOLDER", path); }

static int descriptor_is_in_folder(int descriptor) { return is_descriptor_in("KILL_FOLDER", descriptor); }

/// Counts a call that is meant, and sends the signal before the chosen one.
static void count(const char *call, int is_meant) {
  const char *chosen = getenv("KILL_CALL"), *number = getenv("KILL_SIGNAL"), *report = getenv("KILL_REPORT");
  const int failure = errno;
  if (is_meant && chosen && number && atomic_fetch_add(&calls, 1) + 1 == atol(chosen)) {
    const int file = report ? (int)syscall(SYS_openat, AT_FDCWD, report, O_CREAT | O_WRONLY, 0666) : -1;
    if (file >= 0) {
      syscall(SYS_write, file, call, strlen(call));
      syscall(SYS_close, file);
    }
    kill(getpid(), atoi(number));
  }
  errno = failure;
}

#define ORIGINAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                                                  \
  int name(const char *path, int flags, ...) {                                      \
    va_list more;                                                                   \
    va_start(more, flags);                                                          \
    const mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0; \
    va_end(more);                                                                   \
    count("open", flags & (O_CREAT | O_TRUNC) && is_in_folder(path));               \
    return ORIGINAL(name)(path, flags, mode);                                       \
  }
OPEN(open)
OPEN(open64)

#define ON_DESCRIPTOR(result, name, parameters, ...)               \
  result name(int descriptor parameters) {                         \
    count(#name, descriptor_is_in_folder(descriptor));             \
    return ORIGINAL(name)(descriptor __VA_ARGS__);                 \
  }
#define COMMA ,
ON_DESCRIPTOR(ssize_t, write, COMMA const void *bytes COMMA size_t size, , bytes, size)
ON_DESCRIPTOR(ssize_t, pwrite, COMMA const void *bytes COMMA size_t size COMMA off_t offset, , bytes, size, offset)
ON_DESCRIPTOR(ssize_t, pwrite64, COMMA const void *bytes COMMA size_t size COMMA off64_t offset, , bytes, size, offset)
ON_DESCRIPTOR(int, fsync, )
ON_DESCRIPTOR(int, ftruncate, COMMA off_t size, , size)
ON_DESCRIPTOR(int, ftruncate64, COMMA off64_t size, , size)

#define ON_PATHS(name, parameters, meant, ...)  \
  int name parameters {                         \
    count(#name, is_in_folder(meant));          \
    return ORIGINAL(name)(__VA_ARGS__);         \
  }
ON_PATHS(rename, (const char *from, const char *to), to, from, to)
ON_PATHS(
    renameat2, (int from_folder, const char *from, int to_folder, const char *to, unsigned int how), to, from_folder, from, to_folder,
    to, how)
ON_PATHS(link, (const char *from, const char *to), to, from, to)
ON_PATHS(unlink, (const char *path), path, path)
ON_PATHS(rmdir, (const char *path), path, path)
ON_PATHS(mkdir, (const char *path, mode_t mode), path, path, mode)
