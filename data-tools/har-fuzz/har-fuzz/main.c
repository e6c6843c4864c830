// libFuzzer brings `main`; what it calls is in FuzzedReaders.
typedef int har_fuzz;
