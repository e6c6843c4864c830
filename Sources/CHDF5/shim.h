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

/// 1 where a name stands for an object in the same file, 0 where it is a soft or an external link, below 0 where there is none.
static inline int chdf5_is_hard_link(hid_t group, const char *path) {
  if (H5Lexists(group, path, H5P_DEFAULT) <= 0) return -1;
#if H5_VERSION_GE(1, 12, 0)
  H5L_info2_t info;
  if (H5Lget_info2(group, path, &info, H5P_DEFAULT) < 0) return -1;
#else
  H5L_info_t info;
  if (H5Lget_info(group, path, &info, H5P_DEFAULT) < 0) return -1;
#endif
  return info.type == H5L_TYPE_HARD;
}

/// Whether a type is one that numpy writes for a number: IEEE's binary16, 32 or 64, or an integer of all its bits, of either byte order.
static inline int chdf5_is_plain_number(hid_t type) {
  const size_t bits = 8 * H5Tget_size(type);
  const H5T_order_t order = H5Tget_order(type);
  if ((order != H5T_ORDER_LE && order != H5T_ORDER_BE && order != H5T_ORDER_NONE) || H5Tget_offset(type) != 0 ||
      H5Tget_precision(type) != bits)
    return 0;
  if (H5Tget_class(type) == H5T_INTEGER) return bits == 8 || bits == 16 || bits == 32 || bits == 64;
  size_t sign, exponent, exponent_bits, mantissa, mantissa_bits;
  if (H5Tget_fields(type, &sign, &exponent, &exponent_bits, &mantissa, &mantissa_bits) < 0) return 0;
  const size_t expected_bits = bits == 16 ? 5 : bits == 32 ? 8 : bits == 64 ? 11 : 0;
  return exponent_bits == expected_bits && expected_bits > 0 && sign == bits - 1 && mantissa == 0 &&
         mantissa_bits == bits - 1 - exponent_bits && exponent == mantissa_bits &&
         H5Tget_ebias(type) == ((size_t)1 << (exponent_bits - 1)) - 1 && H5Tget_norm(type) == H5T_NORM_IMPLIED;
}
