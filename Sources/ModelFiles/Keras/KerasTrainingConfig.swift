internal import SystemSupport

/// How a model was trained, for Keras to go on in the same way: Adam on the mean categorical cross-entropy.
package struct KerasTrainingConfig: Sendable, Equatable {
  package var learningRate: Float
  package var beta1: Float
  package var beta2: Float
  package var epsilon: Float
  /// The longest that the gradient of all parameters may be; nil for any.
  package var globalClipNorm: Float?

  /// Keras's defaults.
  package init(
    learningRate: Float = 0.001, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7,
    globalClipNorm: Float? = nil
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.globalClipNorm = globalClipNorm
  }

  /// `training_config` as Keras 3 writes it. The learning rate is a weight, and so a float32 printed in full.
  var json: JSONValue {
    let adam: JSONValue = [
      "name": "adam", "learning_rate": .number(Double(learningRate)), "weight_decay": nil, "clipnorm": nil,
      "global_clipnorm": globalClipNorm.map { .decimal($0) } ?? .null, "clipvalue": nil, "use_ema": false,
      "ema_momentum": 0.99, "ema_overwrite_frequency": nil,
      "loss_scale_factor": nil, "gradient_accumulation_steps": nil, "beta_1": .decimal(beta1),
      "beta_2": .decimal(beta2), "epsilon": .decimal(epsilon), "amsgrad": false,
    ]
    return [
      "loss": "categorical_crossentropy", "loss_weights": nil, "metrics": ["accuracy"], "weighted_metrics": nil,
      "run_eagerly": false, "steps_per_execution": 1, "jit_compile": false,
      "optimizer_config": ["class_name": "Adam", "config": adam],
    ]
  }
}
