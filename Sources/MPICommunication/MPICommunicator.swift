// Built with the package's trait MPI; without it, the module is empty.
#if MPI
  internal import CMPI
  package import Communication

  /// The processes that `mpirun` or Slurm started, by MPI.
  package final class MPICommunicator: Communicator {
    package let rank: Int
    package let count: Int

    /// Why MPI can't be used, in a phrase.
    package struct Failure: Error {
      package let reason: String
    }

    /// Takes part in MPI, once per process. `end()` must come before the process does, in all processes.
    package init() throws(Failure) {
      guard cmpi_begin() != 0 else { throw Failure(reason: "MPI can't be called from several threads in turn") }
      rank = Int(cmpi_rank())
      count = Int(cmpi_count())
    }

    /// Leaves MPI, together with all others.
    package func end() { cmpi_end() }

    /// Ends all processes.
    package func abort(_ status: Int32) { cmpi_abort(status) }

    package func send(_ bytes: UnsafeRawBufferPointer, to rank: Int, tag: MessageTag) {
      cmpi_send(bytes.baseAddress, bytes.count, Int32(rank), tag.rawValue)
    }

    package func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int, tag: MessageTag) {
      cmpi_receive(bytes.baseAddress, bytes.count, Int32(rank), tag.rawValue)
    }

    package func pending(from rank: Int?, tag: MessageTag) -> Int? {
      let source = cmpi_pending(rank.map(Int32.init) ?? -1, tag.rawValue)
      return source < 0 ? nil : Int(source)
    }

    package func gather(_ own: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
      precondition(all.count == own.count * count)
      cmpi_gather(own.baseAddress, Int32(own.count), all.baseAddress)
    }

    package func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) {
      cmpi_broadcast(bytes.baseAddress, bytes.count, Int32(root))
    }

    package func makeTransfers(count: Int) -> any Transfers { MPITransfers(count: count) }
  }

  /// A request of MPI per transfer.
  private final class MPITransfers: Transfers {
    private let requests: UnsafeMutableBufferPointer<MPI_Request?>

    init(count: Int) {
      requests = .allocate(capacity: count)
      requests.initialize(repeating: cmpi_no_request())
    }

    deinit { requests.deallocate() }

    private func request(_ index: Int) -> UnsafeMutablePointer<MPI_Request?> { requests.baseAddress! + index }

    func send(_ index: Int, _ bytes: UnsafeRawBufferPointer, to rank: Int, tag: MessageTag) {
      cmpi_start_send(bytes.baseAddress, Int32(bytes.count), Int32(rank), tag.rawValue, request(index))
    }

    func receive(_ index: Int, _ bytes: UnsafeMutableRawBufferPointer, from rank: Int, tag: MessageTag) {
      cmpi_start_receive(bytes.baseAddress, Int32(bytes.count), Int32(rank), tag.rawValue, request(index))
    }

    func broadcast(_ index: Int, _ bytes: UnsafeMutableRawBufferPointer, from root: Int) {
      cmpi_start_broadcast(bytes.baseAddress, Int32(bytes.count), Int32(root), request(index))
    }

    func isDone(_ index: Int) -> Bool { cmpi_is_done(request(index)) != 0 }
  }
#endif
