import Communication
import Foundation
import Kernels
import Synchronization
import SystemSupport
import Training

#if MPI
  import MPICommunication
#endif

/// The processes that a launcher started, of which this is one. The first reads options, writes and prints; the others follow it.
enum ProcessGroup {
  /// What the first process speaks with the others by; nil where it is alone.
  static var communicator: (any Communicator)? { shared.withLock { $0 } }

  private static let shared = Mutex<(any Communicator)?>(nil)
  /// Whether the others have introduced themselves.
  private static let isGreeted = Mutex(false)

  /// Finds the others, where there are any; in all processes but the first it never returns.
  static func begin() {
    guard let count = Launcher.processCount(ProcessInfo.processInfo.environment) else { return }
    #if MPI
      do throws(MPICommunicator.Failure) {
        let communicator = try MPICommunicator()
        guard communicator.rank == 0 else { follow(communicator) }
        shared.withLock { $0 = communicator.count > 1 ? communicator : nil }
        atexit { ProcessGroup.end() }
        own.withLock { $0 = communicator }
      } catch {
        leave("\(error.reason)", .system)
      }
    #else
      guard count > 1 else { return }
      leave(
        "found \(count) processes, but this build knows nothing of MPI and would train the same in each: build it with `make mpi`",
        .usage)
    #endif
  }

  private static func leave(_ message: String, _ status: ExitStatus) -> Never {
    StandardError.writeLine("har-train: \(message)")
    exit(status.rawValue)
  }

  /// All processes under the first one's lead; nil where it is alone. Throws ``RankError`` where they don't go together.
  static func team(_ kernels: KernelSet, _ division: ThreadOptions) throws -> RankTeam? {
    guard let communicator else { return nil }
    isGreeted.withLock { $0 = true }
    return try RankTeam(
      communicator, distribution: division.distribute, sharesStore: division.shareStore, threads: division.threads,
      version: packageVersion, arithmetic: RunConfiguration.arithmetic(kernels))
  }

  #if MPI
    private static let own = Mutex<MPICommunicator?>(nil)

    /// Lets the others go, and leaves MPI with them.
    private static func end() {
      if let communicator = shared.withLock({ $0 }) {
        RankTeam.dismiss(communicator, isGreeted: isGreeted.withLock { $0 })
      }
      own.withLock { $0 }?.end()
    }

    private static func follow(_ communicator: MPICommunicator) -> Never {
      StandardStreams.prepare()
      ProcessMemory.returnLargeBlocks()
      // What is wrong with the environment's choice, the first process says.
      let kernels = (try? chosenKernels()) ?? KernelSet.supported[0]
      let stop = StopRequest()
      let watch = SignalWatch(requestStop: { stop.request() })
      let follower = RankFollower(
        communicator, kernels: kernels, version: packageVersion, cores: coreCount, stop: stop)
      do throws(RankError) {
        try follower.run()
      } catch {
        StandardError.writeLine("har-train: process \(communicator.rank): \(error.message)")
        communicator.abort(error.exitStatus.rawValue)
      }
      withExtendedLifetime(watch) {}
      communicator.end()
      exit(0)
    }
  #endif
}
