/// The messages of TensorBoard's plugin `hparams` (its `plugin_data.proto` and `api.proto`), each under a tag of its own.
extension EventFile {
  private static let plugin = "hparams"

  /// Appends what the run, a "session" there, was told and when it began.
  ///
  /// - Parameter group: sessions with the same group are one row of the table, with the mean of their metrics; empty for a row of
  ///   its own.
  package mutating func append(sessionStart hyperparameters: Hyperparameters, group: String, wallTime: Double) {
    let info = ProtocolBuffer { data in
      data.append(3) { start in
        for entry in hyperparameters.entries {
          start.append(1) { pair in
            pair.append(1, string: entry.name)
            pair.append(2) { entry.value.encode(into: &$0) }
          }
        }
        if !group.isEmpty { start.append(4, string: group) }
        start.append(5, double: wallTime)
      }
    }
    append(tag: "_hparams_/session_start_info", wallTime: wallTime, plugin: Self.plugin, content: info)
  }

  /// Appends how the session ended.
  package mutating func append(sessionEnd end: SessionEnd) {
    let info = ProtocolBuffer { data in
      data.append(4) { info in
        info.append(1, integer: end.status.rawValue)
        info.append(2, double: end.wallTime)
      }
    }
    append(tag: "_hparams_/session_end_info", wallTime: end.wallTime, plugin: Self.plugin, content: info)
  }

  /// Appends which columns the table has.
  package mutating func append(experiment hyperparameters: Hyperparameters, metrics: [MetricInfo], wallTime: Double) {
    let experiment = ProtocolBuffer { data in
      data.append(2) { experiment in
        experiment.append(3, double: wallTime)
        for entry in hyperparameters.entries {
          experiment.append(4) { info in
            info.append(1, string: entry.name)
            info.append(4, integer: entry.value.dataType)
          }
        }
        for metric in metrics {
          experiment.append(5) { metric.encode(into: &$0) }
        }
      }
    }
    append(tag: "_hparams_/experiment", wallTime: wallTime, plugin: Self.plugin, content: experiment)
  }
}

extension Hyperparameters.Value {
  /// TensorBoard's `DataType` of what `encode` writes.
  fileprivate var dataType: Int64 {
    switch self {
    case .number(let value): value.isFinite ? 3 : 1
    case .text: 1
    case .flag: 2
    }
  }

  /// As a `google.protobuf.Value`.
  fileprivate func encode(into message: inout ProtocolBuffer) {
    switch self {
    case .number(let value) where value.isFinite: message.append(2, double: value)
    case .number(let value): message.append(3, string: "\(value)")
    case .text(let value): message.append(3, string: value)
    case .flag(let value): message.append(4, bool: value)
    }
  }
}

extension MetricInfo {
  fileprivate func encode(into message: inout ProtocolBuffer) {
    message.append(1) { $0.append(2, string: tag) }
    if !displayName.isEmpty { message.append(3, string: displayName) }
    if dataset != .unknown { message.append(5, integer: dataset.rawValue) }
  }
}
