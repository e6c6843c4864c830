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

  /// The number of this process among them; 0 where nobody says.
  package static func rank(_ environment: [String: String]) -> Int {
    ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"].lazy.compactMap { environment[$0].flatMap(Int.init) }.first ?? 0
  }
}
