/// Series of sums and products alone, so that the bits are the same everywhere; exact to rounding up to a half turn.
package func sineAndCosine(_ angle: Double) -> (sine: Double, cosine: Double) {
  let square = angle * angle
  var (sine, cosine) = (angle, 1.0)
  var (oddTerm, evenTerm) = (angle, 1.0)
  for n in stride(from: 2, through: 30, by: 2) {
    evenTerm *= -square / Double((n - 1) * n)
    oddTerm *= -square / Double(n * (n + 1))
    cosine += evenTerm
    sine += oddTerm
  }
  return (sine, cosine)
}
