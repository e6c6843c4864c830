import Foundation
import SystemSupport
import Synchronization
import Testing
import _TestSupport

/// In processes of their own: what a signal does concerns the whole process.
@Suite("Signals")
struct SignalWatchTests {
  @Test func stopIsRequested() async {
    await #expect(processExitsWith: .success) {
      for number in [SIGINT, SIGTERM, SIGHUP] {
        let stop = Event()
        let watch = SignalWatch(requestStop: { stop.happen() })
        kill(getpid(), number)
        stop.wait()
        #expect(watch.exitCode == 128 + number)
      }
    }
  }

  @Test func afterwardsSignalsDoWhatTheyDid() async {
    await #expect(processExitsWith: .signal(SIGHUP)) {
      signal(SIGINT) { _ in handled.happen() }
      withExtendedLifetime(SignalWatch(requestStop: {})) {}
      kill(getpid(), SIGINT)
      handled.wait()
      kill(getpid(), SIGHUP)
      Event().wait()
    }
  }

  @Test func secondWatchSeesHangups() async {
    await #expect(processExitsWith: .success) {
      for _ in 0..<3 {
        let stop = Event()
        let watch = SignalWatch(requestStop: { stop.happen() })
        kill(getpid(), SIGHUP)
        stop.wait()
        #expect(watch.exitCode == 128 + SIGHUP)
      }
    }
  }

  @Test func watchesMayOverlap() async {
    await #expect(processExitsWith: .success) {
      var first: SignalWatch? = SignalWatch(requestStop: {})
      let (stop, both) = (Event(), Event())
      let second = SignalWatch(requestStop: { stop.happen() })
      #expect(first?.exitCode == 128)
      first = nil
      kill(getpid(), SIGHUP)
      stop.wait()
      #expect(second.exitCode == 128 + SIGHUP)
      let third = SignalWatch(requestStop: { both.happen() })
      kill(getpid(), SIGTERM)
      both.wait()
      #expect(third.exitCode == 128 + SIGTERM)
      #expect(second.exitCode == 128 + SIGHUP)
    }
  }

  @Test func ignoredSignalsStayIgnored() async {
    await #expect(processExitsWith: .signal(SIGINT)) {
      signal(SIGHUP, SIG_IGN)
      do {
        let stop = Event()
        let watch = SignalWatch(requestStop: { stop.happen() })
        kill(getpid(), SIGHUP)
        kill(getpid(), SIGTERM)
        stop.wait()
        #expect(watch.exitCode == 128 + SIGTERM)
      }
      kill(getpid(), SIGHUP)
      kill(getpid(), SIGINT)
      Event().wait()
    }
  }

  @Test func secondSignalEndsTheProcess() async {
    await #expect(processExitsWith: .exitCode(128 + SIGTERM)) {
      let stop = Event()
      let watch = SignalWatch(requestStop: { stop.happen() })
      kill(getpid(), SIGINT)
      stop.wait()
      // Earlier ones are taken for the first.
      usleep(1_050_000)
      kill(getpid(), SIGTERM)
      withExtendedLifetime(watch) { Event().wait() }
    }
  }

  /// The threads of Dispatch block signals, and so may the one that started the process.
  @Test func threadsMayBlockSignals() async {
    await #expect(processExitsWith: .success) {
      await MainActor.run { blockSignals() }
      blockSignals()
      let (made, stop) = (Event(), Event())
      let watch = Mutex<SignalWatch?>(nil)
      // A thread that ends, so that nobody is left whose signals were let through for the watch.
      Thread.detachNewThread {
        watch.withLock { $0 = SignalWatch(requestStop: { stop.happen() }) }
        made.happen()
      }
      made.wait()
      usleep(50_000)
      kill(getpid(), SIGINT)
      stop.wait()
      #expect(watch.withLock { $0?.exitCode } == 128 + SIGINT)
    }
  }

  /// A signal that comes while another thread is at it: nobody reports that the file is gone.
  @Test func failureAfterTheSignalIsNotReported() async throws {
    await #expect(processExitsWith: .signal(SIGTERM)) {
      let path = FileManager.default.temporaryDirectory.appendingPathComponent("har-test-\(UUID().uuidString)").path
      let file = try AtomicFile(path, removesOnSignal: true)
      // Once the file is gone, its owner goes on and fails before the signal ends the process.
      let slow = SignalWatch(cleanUp: { usleep(200_000) })
      kill(getpid(), SIGTERM)
      while FileSystem.exists(file.temporaryPath) { usleep(1000) }
      try? file.commit()
      file.discard()
      withExtendedLifetime(slow) { exit(70) }
    }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func cleanUpComesBeforeTheEnd(_ number: Int32) async throws {
    let result: ExitTest.Result?
    switch number {
    case SIGINT: result = await cleanedUp(SIGINT)
    case SIGTERM: result = await cleanedUp(SIGTERM)
    default: result = await cleanedUp(SIGHUP)
    }
    let output = try #require(result).standardOutputContent
    #expect(String(decoding: output, as: UTF8.self).contains("all is clean"))
  }

  private func cleanedUp(_ number: Int32) async -> ExitTest.Result? {
    await #expect(processExitsWith: .signal(number), observing: [\.standardOutputContent]) { [number] in
      let watch = SignalWatch(cleanUp: {
        print("all is clean")
        fflush(nil)
      })
      kill(getpid(), number)
      withExtendedLifetime(watch) { Event().wait() }
    }
  }

  @Test func pendingFilesAreRemoved() async throws {
    let result = await #expect(processExitsWith: .signal(SIGTERM), observing: [\.standardOutputContent]) {
      let path = FileManager.default.temporaryDirectory.appendingPathComponent("har-test-\(UUID().uuidString)").path
      try FileSystem.makeFolders(path)
      let kept = try AtomicFile("\(path)/kept", removesOnSignal: true)
      try kept.commit()
      let file = try AtomicFile("\(path)/file", removesOnSignal: true)
      let folder = try AtomicFile("\(path)/folder", kind: .folder, removesOnSignal: true)
      try Data().write(to: URL(fileURLWithPath: "\(folder.temporaryPath)/x"))
      print("<\(path)>")
      fflush(nil)
      kill(getpid(), SIGTERM)
      withExtendedLifetime((file, folder)) { Event().wait() }
    }
    let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
    let path = try String(#require(output.firstMatch(of: /<(.*)>/)).output.1)
    defer { FileSystem.remove(path) }
    #expect(FileSystem.names(in: path) == ["kept"])
  }
}

private let handled = Event()

private func blockSignals() {
  var signals = sigset_t()
  sigfillset(&signals)
  pthread_sigmask(SIG_BLOCK, &signals, nil)
}

/// Something that one thread waits for and another one, or a signal handler, lets happen.
private final class Event: Sendable {
  private let hasHappened = Atomic(false)

  func happen() { hasHappened.store(true, ordering: .releasing) }
  func wait() { while !hasHappened.load(ordering: .acquiring) { usleep(1000) } }
}
