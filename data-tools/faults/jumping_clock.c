// Preloaded: the time of day jumps by years, back and forth, each time somebody asks; so that results that depend on it differ.
// How often that was is added to the file $CLOCK_REPORT when the process ends.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_long asked;

/// Seconds from the right time: some years back, some ahead, other each time.
static long jump(void) {
  const long number = atomic_fetch_add(&asked, 1);
  return (number % 2 ? -1 : 1) * (100000000 + number % 7 * 12345678);
}

#define ORIGINAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int clock_gettime(clockid_t clock, struct timespec *result) {
  const int status = ORIGINAL(clock_gettime)(clock, result);
  if (status == 0 && clock == CLOCK_REALTIME) result->tv_sec += jump();
  return status;
}

int gettimeofday(struct timeval *restrict result, void *restrict zone) {
  const int status = ORIGINAL(gettimeofday)(result, zone);
  if (status == 0 && result) result->tv_sec += jump();
  return status;
}

time_t time(time_t *result) {
  const time_t now = ORIGINAL(time)(NULL) + jump();
  if (result) *result = now;
  return now;
}

__attribute__((destructor)) static void report(void) {
  const char *path = getenv("CLOCK_REPORT");
  if (!path) return;
  const int file = open(path, O_CREAT | O_APPEND | O_WRONLY, 0666);
  char line[32];
  snprintf(line, sizeof line, "%ld\n", atomic_load(&asked));
  if (file >= 0 && write(file, line, strlen(line)) > 0) close(file);
}
