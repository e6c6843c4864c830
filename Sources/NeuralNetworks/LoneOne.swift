/// A lone 1: with strides of zero, the matrix of ones that sums a bias's gradient by a product.
func withOne(_ body: (UnsafePointer<Float>) -> Void) {
  var one: Float = 1
  withUnsafePointer(to: &one) { body($0) }
}
