/// The colours of a theme, each "#rrggbb".
///
/// Series are the eight hues of Okabe and Ito (Color Universal Design, 2008), their lightness moved until each has a
/// contrast of 3 to the paper and any two stay apart for dichromats. Ramps are parts of viridis (Smith and van der Walt,
/// 2015), the end away from the paper for the best.
package struct PlotTheme: Sendable {
  /// Text.
  package let ink: String
  /// Text of less weight, and axes.
  package let faint: String
  /// Lines behind everything.
  package let grid: String
  /// What lies behind the picture.
  package let paper: String
  /// Eight, by index.
  package let series: [String]
  /// Six, worst to best.
  package let ramp: [String]
  /// A whole share; lesser ones are mixed with the paper.
  package let heat: String
  /// Text on shares below `HeatMap.inkChange`, and from it on.
  package let heatInks: [String]

  /// On white.
  package static let light = PlotTheme(
    ink: "#1f2328", faint: "#59636e", grid: "#e3e6ea", paper: "#ffffff",
    series: ["#0058a8", "#cf3f05", "#00977a", "#8f2c7a", "#c08a10", "#4590f0", "#414d0e", "#1f2328"],
    ramp: ["#7ad151", "#22a884", "#21918c", "#2a788e", "#414487", "#440154"], heat: "#073572",
    heatInks: ["#000000", "#ffffff"])

  /// On #0d1117.
  package static let dark = PlotTheme(
    ink: "#e6edf3", faint: "#9198a1", grid: "#2a313c", paper: "#0d1117",
    series: ["#3a78b8", "#ee5a1a", "#00a67c", "#d080d0", "#dfae2f", "#7acbfe", "#f5e642", "#e6edf3"],
    ramp: ["#414487", "#2a788e", "#21918c", "#22a884", "#7ad151", "#fde725"], heat: "#66ade8",
    heatInks: ["#ffffff", "#000000"])

  /// Custom properties of CSS and their values.
  package var properties: [(name: String, value: String)] {
    [("--plot-ink", ink), ("--plot-faint", faint), ("--plot-grid", grid), ("--plot-paper", paper), ("--heat", heat)]
      + zip(["low", "high"], heatInks).map { ("--heat-ink-\($0)", $1) }
      + series.enumerated().map { ("--series-\($0.offset)", $0.element) }
      + ramp.enumerated().map { ("--ramp-\($0.offset)", $0.element) }
  }
}
