/// The messages of TensorBoard's plugin `hparams` (its `plugin_data.proto` and `api.proto`), each under a tag of its own.
extension EventFile {
  /// Appends what the run, a "session" there, was told and when it began.
  ///
  /// - Parameter group: sessions with the same group are one row of the table, with the mean of their metrics; empty for a row of
  ///   its own.
  package mutating func append(sessionStart hyperparameters: Hyperparameters, group: String, wallTime: Double) {
    append("session_start_info", field: 3, wallTime: wallTime) { start in
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

  /// Appends how the session ended.
  package mutating func append(sessionEnd end: SessionEnd) {
    append("session_end_info", field: 4, wallTime: end.wallTime) { info in
      info.append(1, integer: end.status.rawValue)
      info.append(2, double: end.wallTime)
    }
  }

  /// Appends which columns the table has.
  package mutating func append(experiment hyperparameters: Hyperparameters, metrics: [MetricInfo], wallTime: Double) {
    append("experiment", field: 2, wallTime: wallTime) { experiment in
      experiment.append(3, double: wallTime)
      for entry in hyperparameters.entries {
        experiment.append(4) { info in
          info.append(1, string: entry.name)
          info.append(4, integer: entry.value.dataType)
        }
      }
      for metric in metrics {
        experiment.append(5) { info in
          info.append(1) { $0.append(2, string: metric.tag) }
          if !metric.displayName.isEmpty { info.append(3, string: metric.displayName) }
        }
      }
    }
  }

  /// Appends a message that is one field of the plugin's data.
  private mutating func append(
    _ name: String, field: UInt32, wallTime: Double, _ build: (inout ProtocolBuffer) -> Void
  ) {
    append(
      tag: "_hparams_/\(name)", wallTime: wallTime, plugin: "hparams",
      content: ProtocolBuffer { $0.append(field, message: build) })
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
