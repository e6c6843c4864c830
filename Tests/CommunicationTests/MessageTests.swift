import Communication
import Foundation
import Testing
import _TestSupport

/// Messages arrive as they were sent, and nobody waits for ever.
@Suite(.timeLimit(.minutes(2))) struct MessageTests {
  /// Runs a body as each of some ranks.
  private func asRanks(_ count: Int, _ body: @escaping @Sendable (any Communicator) -> Void) {
    let group = DispatchGroup()
    for communicator in ThreadCommunicator.group(of: count) {
      group.enter()
      Thread.detachNewThread {
        body(communicator)
        group.leave()
      }
    }
    group.wait()
  }

  private static let messages = [
    Message(Data()), Message(Data("one".utf8), numbers: [[]]),
    Message(
      Data(repeating: 7, count: 100_000), numbers: [[1, -0.0, .infinity], Array(repeating: 2.5, count: 30_000)]),
  ]

  @Test func arriveAsTheyWereSent() {
    asRanks(3) { communicator in
      if communicator.rank == 0 {
        for message in Self.messages { for rank in 1...2 { communicator.send(message, to: rank, tag: .command) } }
      } else {
        for message in Self.messages {
          #expect(communicator.pending(from: 1, tag: .command) == nil)
          let (source, found) = communicator.waitForMessage(from: nil, tag: .command)
          #expect(source == 0 && found == message)
        }
        #expect(communicator.pending(from: nil, tag: .command) == nil)
      }
    }
  }

  /// Two who send to each other at once: one of them goes on to receive meanwhile.
  @Test func whoSendsReceivesMeanwhile() {
    asRanks(2) { communicator in
      let message = Self.messages[2]
      if communicator.rank == 0 {
        communicator.send(message, to: 1, tag: .command)
        #expect(communicator.receiveMessage(from: 1, tag: .reply) == message)
      } else {
        let outgoing = OutgoingMessage(message, by: communicator, to: 0, tag: .reply)
        #expect(communicator.receiveMessage(from: 0, tag: .command) == message)
        while !outgoing.isDone { Thread.sleep(forTimeInterval: 1e-4) }
      }
    }
  }

  /// Kinds don't overtake each other, and have nothing to do with one another.
  @Test func tagsAreApart() {
    asRanks(2) { communicator in
      if communicator.rank == 0 {
        let first = OutgoingMessage(Self.messages[0], by: communicator, to: 1, tag: .command)
        communicator.send(Self.messages[1], to: 1, tag: .reply)
        while !first.isDone { Thread.sleep(forTimeInterval: 1e-4) }
      } else {
        #expect(communicator.receiveMessage(from: 0, tag: .reply) == Self.messages[1])
        #expect(communicator.receiveMessage(from: 0, tag: .command) == Self.messages[0])
      }
    }
  }
}

/// What launchers leave in the environment.
@Suite struct LauncherTests {
  @Test func launchersThatAreKnown() {
    func found(_ environment: [String: String]) -> [Int?] {
      [Launcher.processCount(environment), Launcher.rank(environment)]
    }
    #expect(found([:]) == [nil, 0])
    #expect(found(["SLURM_NTASKS": "8"]) == [nil, 0], "a shell in an allocation was not started by srun")
    // mpirun
    #expect(found(["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "3", "PMIX_RANK": "3"]) == [4, 3])
    // srun --mpi=pmi2 and srun --mpi=pmix
    #expect(found(["PMI_SIZE": "2", "PMI_RANK": "1"]) == [2, 1])
    #expect(found(["PMIX_RANK": "5", "SLURM_STEP_NUM_TASKS": "6"]) == [6, 5])
    #expect(found(["PMIX_RANK": "0"]) == [1, 0])
  }

  @Test func processesOfOneMachine() {
    #expect(Launcher.processCountOfMachine([:]) == 1)
    #expect(Launcher.processCountOfMachine(["OMPI_COMM_WORLD_LOCAL_SIZE": "4", "SLURM_NTASKS_PER_NODE": "2"]) == 4)
    #expect(Launcher.processCountOfMachine(["MPI_LOCALNRANKS": "3"]) == 3)
    #expect(Launcher.processCountOfMachine(["SLURM_NTASKS_PER_NODE": "2"]) == 2)
    #expect(Launcher.processCountOfMachine(["SLURM_NTASKS_PER_NODE": "0"]) == 1)
  }
}
