package import Windows

/// What is in a store of windows, and what is suspicious about it (docs/schemas/inspect.json).
///
/// Every reading is finite: `WindowStore` refuses others.
package struct StoreInspection: Encodable, Sendable {
  /// Path of the store.
  package let data: String
  package let title: String
  package let source: String
  package let isSynthetic: Bool
  /// In Hz; nil where the store names none that is a positive number.
  package let samplingRateHz: Double?
  /// Names of the channels, `[C]`.
  package let signalNames: [String]
  package let activityNames: [String]
  package let train: SplitInspection
  package let test: SplitInspection
  package let duplicates: DuplicateSummary
  /// Warnings first.
  package let findings: [InspectionFinding]

  /// Takes time linear in the readings, and beyond the store's own memory as much as is linear in the windows.
  package init(_ store: WindowStore) {
    let description = store.description
    data = store.path
    title = description.title
    source = description.source
    isSynthetic = description.isSynthetic
    samplingRateHz = description.samplingRate.isFinite && description.samplingRate > 0 ? description.samplingRate : nil
    signalNames = description.signalNames
    activityNames = description.activityNames
    train = SplitInspection(store.train, description)
    test = SplitInspection(store.test, description)
    duplicates = DuplicateSummary(train: store.train, test: store.test)
    let findings =
      SplitFindings(split: .train, inspection: train, duplicates: duplicates.train).all
      + SplitFindings(split: .test, inspection: test, duplicates: duplicates.test).all
      + ComparisonFindings(
        train: train, test: test, duplicates: duplicates.between,
        sharedPeople: DatasetSplit.shared(store.train.subjects, store.test.subjects),
        samplingRate: description.samplingRate
      ).all
    self.findings = findings.filter { $0.severity == .warning } + findings.filter { $0.severity == .note }
  }
}
