/// The style sheet of all plots.
public enum PlotStyle {
  /// The classes of the colours of series: `series-0` to `series-7`, and round again.
  public static func series(_ index: Int) -> String {
    let count = PlotTheme.light.series.count
    return "series-\((index % count + count) % count)"
  }

  /// The colours as custom properties of the root, then the rules that use them.
  ///
  /// They follow the reader's system, unless the root has `data-theme="light"` or `"dark"`. A page may set the properties
  /// anew after these rules; the rules concern only what is inside `.plot`.
  package static let css = colours + rules

  private static let colours = """
    :root{\(declarations(.light))}
    @media (prefers-color-scheme:dark){:root:not([data-theme=light]){\(declarations(.dark))}}
    :root[data-theme=dark]{\(declarations(.dark))}

    """

  private static let rules: String = {
    var rules = """
      .plot{max-width:100%;height:auto;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
      .plot:not(:root){display:block;width:100%;max-width:28rem}
      .plot text{\(colour("fill", "--plot-ink"))}
      .plot .heading{font-size:14px;font-weight:600}
      .plot text.faint{\(colour("fill", "--plot-faint"))}
      .plot text.name{font-weight:600}
      .plot text.halo{paint-order:stroke;stroke-width:3px;stroke-linejoin:round;\(colour("stroke", "--plot-paper"))}
      .plot .paper{\(colour("fill", "--plot-paper"))}
      .plot .grid{fill:none;\(colour("stroke", "--plot-grid"))}
      .plot .axis{fill:none;\(colour("stroke", "--plot-faint"))}
      .plot .line{fill:none;stroke:currentColor;stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round}
      .plot .thin{stroke-width:1.1}
      .plot .several{stroke-opacity:.7}
      .plot .many{stroke-opacity:.45;stroke-width:1}
      .plot .dashed{stroke-dasharray:5 4}
      .plot .strong{stroke-width:2.5}
      .plot .dot{fill:currentColor;stroke:none}
      .plot .pale{fill-opacity:.75}
      .plot .hollow{stroke:currentColor;stroke-width:1.5;\(colour("fill", "--plot-paper"))}
      .plot .box{fill:currentColor;fill-opacity:.15;stroke:currentColor;stroke-width:1.25}
      .plot .bar{fill:currentColor;stroke:none}
      .plot .heat{\(colour("fill", "--heat"))}
      .plot text.heat-low{\(colour("fill", "--heat-ink-low"))}
      .plot text.heat-high{\(colour("fill", "--heat-ink-high"))}
      .plot .ink{\(colour("color", "--plot-ink"))}
      .plot .faint{\(colour("color", "--plot-faint"))}

      """
    for property in PlotTheme.light.properties.map(\.name)
    where property.hasPrefix("--series") || property.hasPrefix("--ramp") {
      rules += ".plot .\(property.dropFirst(2)){\(colour("color", property))}\n"
    }
    return rules
  }()

  private static func declarations(_ theme: PlotTheme) -> String {
    theme.properties.map { "\($0.name):\($0.value)" }.joined(separator: ";")
  }

  /// A declaration preceded by the light theme's colour, for readers of SVG that don't know custom properties.
  private static func colour(_ attribute: String, _ property: String) -> String {
    let plain = PlotTheme.light.properties.first { $0.name == property }.map { "\(attribute):\($0.value);" } ?? ""
    return "\(plain)\(attribute):var(\(property))"
  }
}
