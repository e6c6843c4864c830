#pragma once
#include <hdf5.h>

// What Swift cannot import from hdf5.h: macros that call H5open() or cast before they give a value.

static inline hid_t chdf5_default(void) { return H5P_DEFAULT; }
static inline hid_t chdf5_all(void) { return H5S_ALL; }
static inline hid_t chdf5_error_stack(void) { return H5E_DEFAULT; }
static inline hsize_t chdf5_unlimited(void) { return H5S_UNLIMITED; }

static inline hid_t chdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t chdf5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t chdf5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t chdf5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t chdf5_native_int64(void) { return H5T_NATIVE_INT64; }

// The types in the file are little-endian whatever the machine, so that a file's bytes do not depend on it.
static inline hid_t chdf5_file_float(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_file_double(void) { return H5T_IEEE_F64LE; }
static inline hid_t chdf5_file_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t chdf5_file_int32(void) { return H5T_STD_I32LE; }
static inline hid_t chdf5_file_int64(void) { return H5T_STD_I64LE; }
static inline hid_t chdf5_c_string(void) { return H5T_C_S1; }
static inline size_t chdf5_variable_length(void) { return H5T_VARIABLE; }

static inline hid_t chdf5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t chdf5_file_create(void) { return H5P_FILE_CREATE; }
static inline hid_t chdf5_group_create(void) { return H5P_GROUP_CREATE; }
static inline hid_t chdf5_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t chdf5_link_create(void) { return H5P_LINK_CREATE; }

static inline unsigned chdf5_open_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned chdf5_open_truncate(void) { return H5F_ACC_TRUNC; }

/// Silences the calling thread's error printing: a thread-safe libhdf5 keeps one error stack per thread.
static inline void chdf5_silence(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

/// Whether files are locked, where the file system has locks (some network ones haven't); older libraries have no such call.
static inline void chdf5_set_locking(hid_t access, hbool_t locks) {
#if H5_VERSION_GE(1, 10, 7)
  H5Pset_file_locking(access, locks, 1);
#else
  (void)access;
  (void)locks;
#endif
}

/// Object headers of HDF5 1.8 and later: they hold attributes larger than 64 KB, which the oldest format cannot.
static inline herr_t chdf5_modern_format(hid_t access) {
  return H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_LATEST);
}
