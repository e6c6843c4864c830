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
  /// Finds the others, where there are any; in all processes but the first it never returns.
  static func begin() {
    let environment = ProcessInfo.processInfo.environment
    guard let count = Launcher.processCount(environment) else { return }
    #if MPI
      // The first process reads its files before MPI has threads (see Rehearsal); the others wait for it meanwhile.
      state.withLock { $0.process = getpid() }
      atexit { ProcessGroup.end() }
      if Launcher.rank(environment) != 0 { follow(joined()) }
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
  static func team(_ kernels: KernelSet, _ options: ProcessOptions, threads: Int?) throws -> RankTeam? {
    guard Launcher.processCount(ProcessInfo.processInfo.environment) != nil else { return nil }
    #if MPI
      let communicator = joined()
      guard communicator.count > 1 else { return nil }
      state.withLock { $0.isGreeted = true }
      return try RankTeam(
        communicator, distribution: options.distribute, sharesStore: options.shareStore,
        threads: threads,
        version: packageVersion, arithmetic: RunConfiguration.arithmetic(kernels))
    #else
      return nil
    #endif
  }

  #if MPI
    private struct State {
      var communicator: MPICommunicator?
      /// Whether the others have introduced themselves.
      var isGreeted = false
      var hasEnded = false
      var process: pid_t = 0
    }

    private static let state = Mutex(State())

    /// MPI, which begins with the first call.
    private static func joined() -> MPICommunicator {
      do throws(MPICommunicator.Failure) {
        return try state.withLock { state throws(MPICommunicator.Failure) in
          if let communicator = state.communicator { return communicator }
          let communicator = try MPICommunicator()
          state.communicator = communicator
          return communicator
        }
      } catch {
        StandardError.writeLine("har-train: \(error.reason)")
        _exit(ExitStatus.system.rawValue)
      }
    }

    /// Lets the others go, and leaves MPI with them.
    private static func end() {
      // A copy of the process (see Rehearsal) is none of the group. A thread that ends the process, out of memory, may not call MPI
      // beside others: the launcher ends all.
      guard Thread.isMainThread, state.withLock({ $0.process == getpid() }) else { _exit(ExitStatus.system.rawValue) }
      guard state.withLock({ !$0.hasEnded }) else { return }
      let communicator = joined()
      if communicator.rank == 0 { RankTeam.dismiss(communicator, isGreeted: state.withLock { $0.isGreeted }) }
      communicator.end()
      state.withLock { $0.hasEnded = true }
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
      exit(0)
    }
  #endif
}
