#pragma once
#include <mpi.h>
#include <stddef.h>

// What Swift cannot import from mpi.h: handles are macros, and counts are ints. All calls are on MPI_COMM_WORLD, whose errors end the job.

/// Bytes that go in one call: counts are ints, and a power of two keeps pieces aligned.
static const size_t cmpi_piece = (size_t)1 << 30;

/// Begins MPI for a process whose threads call it one at a time. 0 where that can't be had.
static inline int cmpi_begin(void) {
  int provided = MPI_THREAD_SINGLE;
  if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS) return 0;
  return provided >= MPI_THREAD_SERIALIZED;
}

static inline void cmpi_end(void) {
  int is_over = 0;
  MPI_Finalized(&is_over);
  if (!is_over) MPI_Finalize();
}

static inline void cmpi_abort(int status) { MPI_Abort(MPI_COMM_WORLD, status); }

static inline int cmpi_rank(void) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

static inline int cmpi_count(void) {
  int count = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &count);
  return count;
}

/// The length of a call that begins `done` bytes into a transfer of `count`.
static inline int cmpi_length(size_t done, size_t count) {
  return (int)(count - done < cmpi_piece ? count - done : cmpi_piece);
}

static inline void cmpi_send(const void *bytes, size_t count, int rank, int tag) {
  size_t done = 0;
  do {
    MPI_Send((const char *)bytes + done, cmpi_length(done, count), MPI_BYTE, rank, tag, MPI_COMM_WORLD);
    done += cmpi_piece;
  } while (done < count);
}

static inline void cmpi_receive(void *bytes, size_t count, int rank, int tag) {
  size_t done = 0;
  do {
    MPI_Recv((char *)bytes + done, cmpi_length(done, count), MPI_BYTE, rank, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    done += cmpi_piece;
  } while (done < count);
}

static inline void cmpi_broadcast(void *bytes, size_t count, int root) {
  size_t done = 0;
  do {
    MPI_Bcast((char *)bytes + done, cmpi_length(done, count), MPI_BYTE, root, MPI_COMM_WORLD);
    done += cmpi_piece;
  } while (done < count);
}

static inline void cmpi_gather(const void *own, int count, void *all) {
  MPI_Allgather(own, count, MPI_BYTE, all, count, MPI_BYTE, MPI_COMM_WORLD);
}

/// Whose message of a tag waits to be received, of any process where `rank` is below 0; below 0 for nobody's.
static inline int cmpi_pending(int rank, int tag) {
  int is_there = 0;
  MPI_Status status;
  MPI_Iprobe(rank < 0 ? MPI_ANY_SOURCE : rank, tag, MPI_COMM_WORLD, &is_there, &status);
  return is_there ? status.MPI_SOURCE : -1;
}

/// Transfers under way, a request each.
static inline MPI_Request cmpi_no_request(void) { return MPI_REQUEST_NULL; }

static inline void cmpi_start_send(const void *bytes, int count, int rank, int tag, MPI_Request *request) {
  MPI_Isend(bytes, count, MPI_BYTE, rank, tag, MPI_COMM_WORLD, request);
}

static inline void cmpi_start_receive(void *bytes, int count, int rank, int tag, MPI_Request *request) {
  MPI_Irecv(bytes, count, MPI_BYTE, rank, tag, MPI_COMM_WORLD, request);
}

static inline void cmpi_start_broadcast(void *bytes, int count, int root, MPI_Request *request) {
  MPI_Ibcast(bytes, count, MPI_BYTE, root, MPI_COMM_WORLD, request);
}

static inline int cmpi_is_done(MPI_Request *request) {
  int is_done = 0;
  MPI_Test(request, &is_done, MPI_STATUS_IGNORE);
  return is_done;
}
