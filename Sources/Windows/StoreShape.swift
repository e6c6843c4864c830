import HDF5

/// What a network for a store must take and give; the windows themselves are not read.
package struct StoreShape: Sendable, Equatable {
  package let timeSteps: Int
  package let channels: Int
  package let activities: Int

  /// Reads it from the training windows, or from the test windows of a store without others.
  ///
  /// Throws where the file is no store, or its windows have not the shape that its signals' names tell.
  package static func read(path: String) throws(StoreError) -> StoreShape {
    do throws(HDF5Error) {
      return try File.read(path, wrap: { $0 }) { root throws(HDF5Error) in
        let reader = try StoreReader(root)
        let split: DatasetSplit = reader.has(.features, .train) || !reader.has(.features, .test) ? .train : .test
        let features = try root.dataset(StoreSchema.Dataset.features.path(split))
        let shape = try features.shape
        let channels = reader.description.signalNames.count
        guard shape.count == 3, shape[1] > 0, shape[2] == channels else {
          throw features.error(.wrongShape, "has the shape \(shape), expected [windows, time steps, \(channels)]")
        }
        return StoreShape(
          timeSteps: shape[1], channels: channels, activities: reader.description.activityNames.count)
      }
    } catch {
      throw StoreError(error)
    }
  }
}
