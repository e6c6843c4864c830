// Which calls of a preloaded library's process are meant: those on what lies in a folder.
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Whether a path, from the root or from the current folder on, is in the folder that an environment variable names.
static inline int is_path_in(const char *variable, const char *path) {
  const char *folder = getenv(variable);
  char absolute[8192];
  if (!folder || !path) return 0;
  if (path[0] != '/') {
    if (syscall(SYS_getcwd, absolute, 4096) < 0) return 0;
    strcat(absolute, "/");
    strncat(absolute, path, 4000);
    path = absolute;
  }
  return strncmp(path, folder, strlen(folder)) == 0;
}

/// The same of what is open.
static inline int is_descriptor_in(const char *variable, int descriptor) {
  char name[64], path[4096];
  snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink(name, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return is_path_in(variable, path);
}
