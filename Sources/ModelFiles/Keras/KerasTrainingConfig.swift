package import NeuralNetworks
internal import SystemSupport

/// How a model was trained, for Keras to go on in the same way: Adam on the mean categorical cross-entropy.
package struct KerasTrainingConfig: Sendable, Equatable {
  package var learningRate: Float
  package var adam: Adam.Settings
  /// The longest that the gradient of all parameters may be; nil for any.
  package var globalClipNorm: Float?

  /// Keras's defaults.
  package init(
    learningRate: Float = 0.001, adam: Adam.Settings = Adam.Settings(), globalClipNorm: Float? = nil
  ) {
    self.learningRate = learningRate
    self.adam = adam
    self.globalClipNorm = globalClipNorm
  }

  /// `training_config` as Keras 3 writes it. The learning rate is a weight, and so a float32 printed in full.
  var json: JSONValue {
    let optimizer: JSONValue = [
      "name": "adam", "learning_rate": .number(Double(learningRate)), "weight_decay": nil, "clipnorm": nil,
      "global_clipnorm": globalClipNorm.map { .decimal($0) } ?? .null, "clipvalue": nil, "use_ema": false,
      "ema_momentum": 0.99, "ema_overwrite_frequency": nil, "loss_scale_factor": nil,
      "gradient_accumulation_steps": nil, "beta_1": .decimal(adam.beta1),
      "beta_2": .decimal(adam.beta2), "epsilon": .decimal(adam.epsilon), "amsgrad": false,
    ]
    return [
      "loss": "categorical_crossentropy", "loss_weights": nil, "metrics": ["accuracy"], "weighted_metrics": nil,
      "run_eagerly": false, "steps_per_execution": 1, "jit_compile": false,
      "optimizer_config": ["class_name": "Adam", "config": optimizer],
    ]
  }
}
