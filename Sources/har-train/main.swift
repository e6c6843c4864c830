import ActivityData
import Kernels
import NeuralNetworks
import Training
let a = CommandLine.arguments
let store = try WindowStore.read(path: a[1])
let set = try KernelSet(environment: [:])
let model = ModelConfiguration(Architecture(rawValue: a[2])!).makeModel()
var settings = TrainingSettings(epochs: Int(a[3])!, seed: 1)
let data = TrainingData(store.train), test = TrainingData(store.test)
let peak = PeakMeasurement.gigaflops(of: set)
print(model.parameterCount, "peak", peak)
let t = Trainer(model: model, kernels: set, settings: settings, repeatIndex: 0, data: data)
for _ in 0..<settings.epochs { let r = t.runEpoch(threads: Int(a[4])!)!
  print(r.epoch, r.loss, r.accuracy, r.seconds, Double(model.trainingWork * data.count) / r.seconds * 1e-9 / peak)
}
let e = Evaluation(probabilities: Predictor(model: model, kernels: set, parameters: t.parameters).probabilities(test, threads: 1), labels: test.labels, classes: 6)
print(e.accuracy, e.loss)
