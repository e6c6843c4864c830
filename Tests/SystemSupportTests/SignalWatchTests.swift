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
      let watch = SignalWatch(cleanUp: { end in
        print("all is clean")
        fflush(nil)
        end()
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

/// Something that one thread waits for and another one, or a signal handler, lets happen.
private final class Event: Sendable {
  private let hasHappened = Atomic(false)

  func happen() { hasHappened.store(true, ordering: .releasing) }
  func wait() { while !hasHappened.load(ordering: .acquiring) { usleep(1000) } }
}
