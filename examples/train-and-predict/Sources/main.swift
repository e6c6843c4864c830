// Trains a small network on a store that har-convert wrote, and asks it what people were doing.
//
//   swift run -c release --package-path examples/train-and-predict train-and-predict har.h5
import NeuralNetworks
import Training
import Windows

guard CommandLine.arguments.count == 2 else { fatalError("expected the path of a store") }
let store = try WindowStore.read(path: CommandLine.arguments[1])

let network = ModelDescription(
  inputShape: [store.train.timeSteps, store.train.channels],
  layers: [
    Conv1D(filters: 16, kernelSize: 5, activation: .relu), MaxPooling1D(), LSTM(units: 24), Dropout(rate: 0.2),
    Dense(units: store.activityNames.count, activation: .softmax),
  ])
let model = try TrainedModel.train(network, on: store.train, settings: TrainingSettings(epochs: 3, seed: 1)) {
  print("epoch \($0.epoch + 1): loss \($0.loss), accuracy \($0.accuracy)")
}

let evaluation = try model.evaluate(on: store.test)
print("\(evaluation.correct) of \(evaluation.count) windows of other people are right: \(evaluation.accuracy)")

let first = try model.probabilities(of: store.test)[0]
for (activity, probability) in zip(store.activityNames, first) { print("\(activity): \(probability)") }
print("it was \(store.activityNames[Int(store.test.labels[0])])")
