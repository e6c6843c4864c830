/// What a launcher of several processes (`mpirun`, Slurm) leaves in their environment.
package enum Launcher {
  /// How many processes it started, by the variables of Open MPI, of PMI (Slurm, MPICH), or of PMIx, which says only that there is a
  /// launcher; nil where none did.
  package static func processCount(_ environment: [String: String]) -> Int? {
    for name in ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"] {
      if let count = environment[name].flatMap(Int.init) { return count }
    }
    guard environment["PMIX_RANK"] != nil || environment["PMI_RANK"] != nil else { return nil }
    return environment["SLURM_STEP_NUM_TASKS"].flatMap(Int.init) ?? 1
  }

  /// How many of them are on this machine, by the variables of Open MPI, Hydra and Slurm; 1 where nobody says.
  package static func processCountOfMachine(_ environment: [String: String]) -> Int {
    let names = ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_NTASKS_PER_NODE"]
    return max(1, names.lazy.compactMap { environment[$0].flatMap(Int.init) }.first ?? 1)
  }

  /// The number of this process among them; 0 where nobody says.
  package static func rank(_ environment: [String: String]) -> Int {
    ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"].lazy.compactMap { environment[$0].flatMap(Int.init) }.first ?? 0
  }
}
