import Dispatch
import StepModel
import Training

/// What loops cost that have nothing to do: their beginning, their end, and the claims of their units.
package enum LoopCostMeasurement {
  /// The cost with a number of threads, from 2; the median of several measurements.
  package static func cost(threads: Int) -> CoreModel.LoopCost {
    let (few, many) = (threads, 64 * threads)
    var samples: [(loop: Double, claim: Double)] = []
    for _ in 0..<9 {
      let (short, long) = (seconds(threads: threads, units: few), seconds(threads: threads, units: many))
      let claim = max(0, long - short) / Double(many - few)
      samples.append((max(0, short - claim * Double(few)), claim))
    }
    return CoreModel.LoopCost(
      threads: threads, loop: median(samples.map(\.loop)), claim: median(samples.map(\.claim)))
  }

  /// Seconds of one loop of empty units, the mean of many in a row.
  private static func seconds(threads: Int, units: Int) -> Double {
    let loops = 500
    let team = WorkerTeam()
    return team.lead(workers: threads) {
      for _ in 0..<20 { team.forEach(units) { _, _ in } }
      let start = DispatchTime.now().uptimeNanoseconds
      for _ in 0..<loops { team.forEach(units) { _, _ in } }
      return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 / Double(loops)
    }
  }
}
