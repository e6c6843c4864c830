// What Swift can't say itself: which instructions the processor has, the floating-point control register, how a thread
// waits for a word to change, and a copy of the process that may come to grief.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#if defined(__linux__)
#include <limits.h>
#include <linux/futex.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

/// The extended control register 0: which register files the operating system saves.
static inline uint64_t platform_xcr0(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((uint64_t)high << 32) | low;
}

/// 0: baseline; 3: x86-64-v3 (AVX2, FMA, BMI); 4: x86-64-v4 (AVX-512 F, BW, CD, DQ, VL); 5: that with AVX512_BF16.
/// The level counts only where the operating system saves the wide registers too.
static inline int platform_x86_level(void) {
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  const uint32_t fma = 1u << 12, movbe = 1u << 22, osxsave = 1u << 27, avx = 1u << 28, f16c = 1u << 29;
  const uint32_t need1 = fma | movbe | osxsave | avx | f16c;
  if ((c & need1) != need1) return 0;
  const uint64_t xcr0 = platform_xcr0();
  if ((xcr0 & 0x6) != 0x6) return 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  const uint32_t bmi1 = 1u << 3, avx2 = 1u << 5, bmi2 = 1u << 8;
  if ((b & (bmi1 | avx2 | bmi2)) != (bmi1 | avx2 | bmi2)) return 0;
  uint32_t ea, eb, ec, ed;
  if (!__get_cpuid(0x80000001, &ea, &eb, &ec, &ed) || !(ec & (1u << 5))) return 0;  // LZCNT
  const uint32_t f = 1u << 16, dq = 1u << 17, cd = 1u << 28, bw = 1u << 30, vl = 1u << 31;
  const uint32_t need512 = f | dq | cd | bw | vl;
  if ((b & need512) != need512 || (xcr0 & 0xe6) != 0xe6) return 3;
  const uint32_t bf16 = 1u << 5;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & bf16) ? 5 : 4;
}

/// Writes the processor's brand string (48 bytes and a final zero) or an empty string.
static inline void platform_processor_name(char name[49]) {
  uint32_t registers[12] = {0}, a, b, c, d;
  name[0] = 0;
  if (!__get_cpuid(0x80000000, &a, &b, &c, &d) || a < 0x80000004) return;
  for (uint32_t i = 0; i < 3; i++)
    __get_cpuid(0x80000002 + i, &registers[4 * i], &registers[4 * i + 1], &registers[4 * i + 2], &registers[4 * i + 3]);
  memcpy(name, registers, 48);
  name[48] = 0;
}

/// Sets flush-to-zero and denormals-are-zero in this thread; returns the previous control register.
static inline uint64_t platform_flush_denormals(void) {
  const uint32_t previous = _mm_getcsr();
  _mm_setcsr(previous | 0x8040);
  return previous;
}
static inline void platform_restore_denormals(uint64_t previous) { _mm_setcsr((uint32_t)previous); }
/// Tells the processor that this is a spinning wait.
static inline void platform_pause(void) { _mm_pause(); }

#else

static inline int platform_x86_level(void) { return 0; }
static inline void platform_processor_name(char name[49]) { name[0] = 0; }

/// Tells the processor that this is a spinning wait.
static inline void platform_pause(void) {
#if defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#if defined(__aarch64__)
/// Sets flush-to-zero (FPCR.FZ) in this thread; returns the previous control register.
static inline uint64_t platform_flush_denormals(void) {
  uint64_t previous;
  __asm__ volatile("mrs %0, fpcr" : "=r"(previous));
  const uint64_t flushing = previous | (1ull << 24);
  __asm__ volatile("msr fpcr, %0" : : "r"(flushing));
  return previous;
}
static inline void platform_restore_denormals(uint64_t previous) { __asm__ volatile("msr fpcr, %0" : : "r"(previous)); }
#else
static inline uint64_t platform_flush_denormals(void) { return 0; }
static inline void platform_restore_denormals(uint64_t previous) { (void)previous; }
#endif
#endif

/// Floats of a thread's block: 64 pairs of 128 rows of one operand and of the widest panel of the other, 5 vectors of 16.
enum { platform_block_rows = 128, platform_block_count = 64 * (platform_block_rows + 5 * 16) };
/// Memory of the calling thread, on a cache line, whose contents mean nothing from one call of a kernel to the next.
float *platform_thread_block(void);

/// Sleeps while `*word` is `value`, until woken; may return early without a reason (a sleep of 50 µs where there is no futex).
static inline void platform_wait(const uint32_t *word, uint32_t value) {
#if defined(__linux__)
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, (void *)0, (void *)0, 0);
#else
  if (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value) usleep(50);
#endif
}

/// Wakes all threads of this process that sleep on a word.
static inline void platform_wake_all(const uint32_t *word) {
#if defined(__linux__)
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, (void *)0, (void *)0, 0);
#else
  (void)word;
#endif
}

/// `fork`, which Swift does not import. Only for a process of one thread, whose copy calls nothing but what that thread could.
static inline pid_t platform_fork(void) { return fork(); }

/// Makes this process one that may crash: it says nothing, leaves no core, and ends after so many seconds or with its parent.
static inline void platform_become_expendable(unsigned seconds) {
  const int null = open("/dev/null", O_WRONLY);
  if (null >= 0) {
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
  }
  const struct rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
#if defined(__linux__)
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  // It may be blocked, as in what a thread of Dispatch starts.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGALRM);
  sigprocmask(SIG_UNBLOCK, &signals, NULL);
  signal(SIGALRM, SIG_DFL);
  alarm(seconds);
}

/// The bytes that the address space may have; RLIM_INFINITY where nothing limits it.
static inline uint64_t platform_memory_limit(void) {
  struct rlimit limit;
  return getrlimit(RLIMIT_AS, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

/// Limits the address space to what is in use and so many bytes more (Linux only), and returns the limit that was there.
static inline uint64_t platform_limit_memory(uint64_t bytes) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0) return RLIM_INFINITY;
  const uint64_t before = limit.rlim_cur;
#if defined(__linux__)
  unsigned long pages = 0;
  FILE *statm = fopen("/proc/self/statm", "re");
  if (!statm) return before;
  const int found = fscanf(statm, "%lu", &pages);
  fclose(statm);
  const uint64_t wanted = (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE) + bytes;
  if (found == 1 && wanted < before) {
    limit.rlim_cur = wanted;
    setrlimit(RLIMIT_AS, &limit);
  }
#else
  (void)bytes;
#endif
  return before;
}

static inline void platform_restore_memory_limit(uint64_t before) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0) return;
  limit.rlim_cur = before;
  setrlimit(RLIMIT_AS, &limit);
}

/// Makes the C library give large blocks back to the system as soon as they are freed (glibc only). By itself it raises the size from
/// which it does with every such block, and the memory of a long training grows with what it can't put together again.
static inline void platform_return_large_blocks(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 64 << 10);
  mallopt(M_TRIM_THRESHOLD, 128 << 10);
#endif
}

#if defined(__linux__)
int renameat2(int old_folder, const char *old_path, int new_folder, const char *new_path, unsigned int flags);
#endif

/// Gives a file a name that nothing may have yet. Fails with ENOSYS, EINVAL or ENOTSUP where the system or the file system can't.
static inline int platform_rename_new(const char *old_path, const char *new_path) {
#if defined(__linux__)
  return renameat2(AT_FDCWD, old_path, AT_FDCWD, new_path, 1 /* RENAME_NOREPLACE */);
#elif defined(__APPLE__)
  return renamex_np(old_path, new_path, RENAME_EXCL);
#else
  errno = ENOSYS;
  return -1;
#endif
}
