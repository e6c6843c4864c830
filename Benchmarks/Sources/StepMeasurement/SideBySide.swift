import Dispatch
import Foundation
import StepModel
import Training

/// Trainings of one thread each, side by side: what cores cost each other that share nothing but caches, memory and clock.
package enum SideBySide {
  /// An epoch of each: the seconds from the first one's beginning to the last one's end, and each one's steps during which all were
  /// at work; all of its steps where there is no such one, as with a core that is half as fast as the other.
  package static func epoch(_ trainings: [TracedTraining]) -> (seconds: Double, steps: [[TracedStep]]) {
    // Each is used by its own thread alone, and read behind the last one's end.
    nonisolated(unsafe) let trainings = trainings
    let slots = SharedSlots<TracedTraining.Epoch?>(repeating: nil, count: trainings.count)
    let done = DispatchSemaphore(value: 0)
    for index in trainings.indices {
      let thread = Thread {
        slots[index] = trainings[index].epoch(threads: 1)
        done.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    for _ in trainings { done.wait() }
    let epochs = (0..<slots.count).compactMap { slots[$0] }
    let (start, end) = (epochs.map(\.start).min() ?? 0, epochs.map(\.end).max() ?? 0)
    let (allBegan, firstEnded) = (epochs.map(\.start).max() ?? 0, epochs.map(\.end).min() ?? 0)
    let shared = epochs.map { epoch in
      let together = epoch.steps.filter { $0.start >= allBegan && $0.end <= firstEnded }
      return together.isEmpty ? epoch.steps : together
    }
    return (Double(end - start) * 1e-9, shared)
  }
}

extension PhaseTimes {
  /// How much longer the units of steps took on several cores than alone, by the means of each fastest quarter; 1 where there are no
  /// steps of either.
  ///
  /// - Parameter unitsPerThread: how many of a step's units the mean thread had: all, where each had a training of its own.
  package static func slowdown(
    cores: Int, _ steps: [TracedStep], unitsPerThread: Double, alone: [TracedStep]
  ) -> CoreModel.Slowdown {
    let (many, one) = (PhaseTimes.undisturbed(steps), PhaseTimes.undisturbed(alone))
    func factor(_ path: KeyPath<PhaseTimes, Double>) -> Double {
      let (many, one) = (many[keyPath: path], one[keyPath: path])
      return many > 0 && one > 0 ? many / (unitsPerThread * one) : 1
    }
    return CoreModel.Slowdown(
      cores: cores, packing: factor(\.packing), passes: factor(\.passes), gradient: factor(\.gradient),
      update: factor(\.update))
  }
}
