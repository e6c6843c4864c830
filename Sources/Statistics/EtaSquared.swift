/// Eta squared, the correlation ratio (Fisher, "Statistical Methods for Research Workers", 1925): what a category has to do with a
/// number, where categories have no order to rank them by.
package enum EtaSquared {
  /// The share, 0...1, of the values' variance that lies between the means of categories.
  ///
  /// It is 1 where no category has two values, and large by chance where few have: (categories - 1) / (values - 1) is to be expected
  /// of categories that mean nothing. nil where there is just one category, values don't vary, or one is not finite.
  package static func between<Category: Hashable>(_ categories: [Category], values: [Double]) -> Double? {
    precondition(categories.count == values.count, "a value has a category")
    // Groups in the order of their first values: sums over a dictionary's own order would differ between runs.
    var indices: [Category: Int] = [:]
    var groups: [[Double]] = []
    for (category, value) in zip(categories, values) {
      if let index = indices[category] {
        groups[index].append(value)
      } else {
        indices[category] = groups.count
        groups.append([value])
      }
    }
    guard groups.count >= 2, let whole = SampleSummary(values), whole.populationVariance > 0 else { return nil }
    let sum = groups.reduce(0) { sum, group in
      guard let summary = SampleSummary(group) else { return sum }
      return sum + Double(group.count) * (summary.mean - whole.mean) * (summary.mean - whole.mean)
    }
    let share = sum / (Double(values.count) * whole.populationVariance)
    return share.isFinite ? min(1, share) : nil
  }
}
