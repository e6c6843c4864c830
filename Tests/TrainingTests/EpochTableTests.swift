import HDF5
import NeuralNetworks
import Testing
import Training

/// A checkpoint's table of epochs, as other programs find it.
@Suite struct EpochTableTests {
  @Test func columnsHoldWhatTheyAreNamed() throws {
    let toy = try ToyRun([.lstm], epochs: 2)
    let path = try toy.run().folder.checkpointPath(TrainingID(model: 0, repeatIndex: 0))
    var checkpoint = try #require(try Checkpoint.read(path))
    var epochs = checkpoint.record.epochs
    try #require(epochs.count == 2)
    (epochs[0].loss, epochs[0].accuracy) = (1, 2)
    (epochs[0].validationLoss, epochs[0].validationAccuracy) = (3, 4)
    (epochs[0].learningRate, epochs[0].seconds, epochs[0].samplesPerSecond) = (5, 6, 7)
    (epochs[1].loss, epochs[1].accuracy) = (11, 12)
    (epochs[1].validationLoss, epochs[1].validationAccuracy) = (nil, nil)
    (epochs[1].learningRate, epochs[1].seconds, epochs[1].samplesPerSecond) = (15, 16, 17)
    checkpoint.record.epochs = epochs
    try checkpoint.write(path)
    let table = try File.open(path).root.dataset("epochs")
    #expect(
      try table.attribute("columns").strings() == [
        "epoch", "loss", "accuracy", "validation_loss", "validation_accuracy", "learning_rate", "seconds",
        "samples_per_second",
      ])
    #expect(try table.shape == [2, 8])
    let values: [Double] = try table.read()
    #expect(values[..<8] == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(values[8..<11] == [1, 11, 12] && values[13...] == [15, 16, 17])
    // What was not measured is no number.
    #expect(values[11].isNaN && values[12].isNaN)
    #expect(try Checkpoint.read(path)?.record == checkpoint.record)
  }
}
