/// The rectangle two axes span, with its grid, ticks and labels.
public struct Frame: Sendable {
  /// Goes to the right.
  let x: Axis
  /// Goes up.
  let y: Axis

  /// A frame of axes with places already.
  init(x: Axis, y: Axis) {
    self.x = x
    self.y = y
  }

  /// A frame over the picture's width below what the canvas has already, `height` units high without its labels. Left of
  /// it there is room for the labels of `y`, and above it for its name.
  public init(on canvas: Canvas, x: AxisScale, y: AxisScale, height: Double) {
    let left = max(y.labelWidth, x.ticks.first.map { TextWidth.of($0.label) / 2 } ?? 0) + 12
    let top = canvas.top + 24
    self.x = Axis(x, from: left, to: canvas.width - x.aside(x.ticks.last))
    self.y = Axis(y, from: top + height, to: top)
  }

  /// Where `x` starts.
  var left: Double { x.start }
  /// Where `x` ends.
  var right: Double { x.end }
  /// Where `y` ends.
  var top: Double { y.end }
  /// Where `y` starts.
  var bottom: Double { y.start }

  /// A point's place; nil where either axis has none.
  public func place(_ x: Double, _ y: Double) -> SVG.Point? {
    guard let x = self.x.position(x), let y = self.y.position(y) else { return nil }
    return (x, y)
  }

  /// Draws the grid, the axes, their labels and their names, that of `y` above its axis where it need not be turned. The
  /// canvas then goes on below.
  public func draw(on canvas: inout Canvas, xLabel: String, yLabel: String) {
    drawY(on: &canvas.svg, label: yLabel)
    drawXTicks(on: &canvas.svg)
    canvas.top = bottom + 22
    drawXName(xLabel, on: &canvas)
  }

  /// Draws what belongs to the vertical axis, and the line below.
  func drawY(on svg: inout SVG, label: String) {
    for tick in y.scale.ticks {
      guard let place = y.position(tick.value) else { continue }
      svg.line(left, place, right, place, class: "grid")
      svg.text(left - 6, place + 4, tick.label, anchor: .end)
    }
    svg.line(left, bottom, right, bottom, class: "axis")
    svg.label(4, top - 12, label, width: right - 4, class: "faint")
  }

  /// Draws vertical grid lines and the labels below them.
  func drawXTicks(on svg: inout SVG) {
    for tick in x.scale.ticks {
      guard let place = x.position(tick.value) else { continue }
      svg.line(place, top, place, bottom, class: "grid")
      svg.text(place, bottom + 16, tick.label, anchor: .middle)
    }
  }

  /// Names the horizontal axis, in the middle below what is there.
  func drawXName(_ label: String, on canvas: inout Canvas) {
    guard !label.isEmpty else { return }
    let middle = (left + right) / 2
    let room = 2 * (min(middle, canvas.width - middle) - 4)
    canvas.svg.label(middle, canvas.top + 11, label, width: room, anchor: .middle, class: "faint")
    canvas.top += 18
  }
}
