/// How a model was trained, for Keras to go on in the same way: Adam on the mean categorical cross-entropy.
public struct KerasTrainingConfig: Sendable, Equatable {
  /// Adam's step size.
  public var learningRate: Float = 0.001
  /// How much of the gradients' mean lasts from one step to the next.
  public var beta1: Float = 0.9
  /// The same of the squares' mean.
  public var beta2: Float = 0.999
  /// What keeps the divisor from zero.
  public var epsilon: Float = 1e-7

  /// Keras's defaults.
  public init() {}

  /// `training_config` as Keras 3 writes it. The learning rate is a weight, and so a float32 printed in full.
  var json: JSONValue {
    let adam: JSONValue = [
      "name": "adam", "learning_rate": .number(Double(learningRate)), "weight_decay": nil, "clipnorm": nil,
      "global_clipnorm": nil, "clipvalue": nil, "use_ema": false, "ema_momentum": 0.99, "ema_overwrite_frequency": nil,
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
