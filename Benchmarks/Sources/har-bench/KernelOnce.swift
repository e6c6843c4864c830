import ArgumentParser
import KernelWorkloads
import Kernels

/// So many calls of one kernel, for `count-instructions.sh` to count from outside; without a name, the names of all.
struct KernelOnce: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "kernel-once", shouldDisplay: false)

  @Argument var set: String?
  @Argument var name: String?
  @Argument var calls = 1

  func run() throws {
    guard let set, let name else {
      for workload in KernelWorkload.all { print(workload.name) }
      return
    }
    guard let setName = KernelSet.Name(rawValue: set),
      let workload = KernelWorkload.all.first(where: { $0.name == name })
    else { throw ValidationError("no kernel \(name) of the set \(set)") }
    let call = workload.prepared(try KernelSet(setName))
    for _ in 0..<calls { call() }
  }
}
