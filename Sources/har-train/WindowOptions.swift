import ArgumentParser
import Training
import Windows

/// What is done to the windows: scaling, which the model file remembers, and augmentation of the training windows.
struct WindowOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Scaling, fitted on the training windows alone: none, standardize, normalize (0 to 1), robust (median and quartiles) or power (Yeo-Johnson). (default: none)",
      valueName: "METHOD"))
  var scale: ScalingMethod?

  @Option(
    help: ArgumentHelp(
      "What --scale scales by itself: a signal, or a signal at a time-step. (default: signal)", valueName: "WHAT"))
  var scalePer: ScalingGranularity?

  @Option(
    help: ArgumentHelp("Augmentation: noise on every reading, in standard deviations of its signal.", valueName: "X"))
  var jitter: Float = 0

  @Option(help: ArgumentHelp("Augmentation: standard deviation of a random factor per sensor.", valueName: "X"))
  var randomScaling: Float = 0

  @Option(help: ArgumentHelp("Augmentation: largest angle of a random rotation of the device.", valueName: "DEGREES"))
  var rotation: Float = 0

  @Option(
    help: ArgumentHelp(
      "Augmentation: how much faster or slower time may pass within a window, from 0 and below 1.", valueName: "X"))
  var timeWarp: Float = 0

  func validate() throws {
    guard scalePer == nil || scale != nil else { throw ValidationError("--scale-per: needs --scale") }
  }

  /// Puts into an experiment what is asked for.
  func apply(to settings: inout ExperimentSettings) {
    settings.scaling = scale ?? .none
    settings.scalingGranularity = scalePer ?? .signal
    for index in settings.models.indices { settings.models[index].training.augmentation = augmentation }
  }

  private var augmentation: AugmentationSettings {
    var settings = AugmentationSettings()
    settings.jitter = jitter
    settings.scaling = randomScaling
    settings.rotation = rotation
    settings.timeWarp = timeWarp
    return settings
  }
}

extension ScalingMethod: ExpressibleByArgument {}
extension ScalingGranularity: ExpressibleByArgument {}
