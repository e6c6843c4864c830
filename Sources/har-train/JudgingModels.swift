import SystemSupport
import Training
import Windows

/// The models that a path names: those of a run's folder, a group for each of its networks, or the one of a file.
struct JudgingModels {
  /// The models of one network.
  struct Group {
    /// What its results go by; nil for a file outside of a run.
    let network: String?
    /// A heading; nil where there is one group.
    let title: String?
    let files: [String]
  }

  let groups: [Group]
  let isRun: Bool
  /// The store that they were trained on, as far as their run says.
  let storePath: String?

  /// Throws where a run's folder has no configuration that can be read, or no models.
  init(path: String) throws {
    guard FileSystem.exists(path) else {
      throw CommandError(
        exitStatus: .noInput,
        message: "\(path.isEmpty ? "\"\"" : path): found nothing there, expected a run's folder or a model")
    }
    isRun = FileSystem.isFolder(path)
    guard isRun else {
      groups = [Group(network: nil, title: nil, files: [path])]
      // A run of several networks has a folder for each; another program's folder may have a file of this name.
      let folder = FileSystem.split(path).folder
      storePath =
        [folder, "\(folder)/.."].lazy
        .compactMap { try? RunConfiguration.read("\($0)/\(RunConfiguration.fileName)") }.first?.store.path
      return
    }
    try RunFolderError.requireRun(path)
    let configuration = try RunConfiguration.read("\(path)/\(RunConfiguration.fileName)")
    let models = configuration.settings.models
    groups = try zip(models, configuration.subfolders).map { model, subfolder in
      Group(
        network: model.name, title: models.count > 1 ? model.title : nil,
        files: try Self.modelFiles(path + subfolder))
    }
    storePath = configuration.store.path
  }

  /// The models of a folder by name.
  private static func modelFiles(_ folder: String) throws -> [String] {
    let names = FileSystem.names(in: folder)
    let files = names.filter { $0.hasPrefix("model-") && $0.hasSuffix(".h5") }
    guard !files.isEmpty else {
      throw CommandError(
        exitStatus: .noInput, message: "\(folder): holds no model-NN.h5 (the run kept none, or has not ended a repeat)")
    }
    // Numbers have two digits at least, so that longer names are later ones.
    return files.sorted { ($0.count, $0) < ($1.count, $1) }.map { "\(folder)/\($0)" }
  }
}

/// What the models of a group say of some windows, each by itself and, for a run's, all together.
struct JudgedWindows {
  let group: JudgingModels.Group
  let isRun: Bool
  let store: WindowStore
  /// In the order of the group's files.
  let members: [Predictions]

  /// The average of the members' probabilities.
  var ensemble: Predictions { .ensemble(members) }
}
