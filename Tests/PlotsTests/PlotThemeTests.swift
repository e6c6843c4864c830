import Foundation
import Plots
import Testing

/// Colours by the formulas of the Web Content Accessibility Guidelines 2.2 and of models of colour vision.
@Suite("Colours can be told apart") struct PlotThemeTests {
  private typealias Colour = SIMD3<Double>

  /// Linear red, green and blue, each 0 to 1.
  private func linear(_ hex: String) -> Colour {
    linear(bytes(hex))
  }

  private func bytes(_ hex: String) -> Colour {
    let number = Int(hex.dropFirst(), radix: 16) ?? 0
    return Colour(Double(number >> 16), Double(number >> 8 & 255), Double(number & 255))
  }

  private func linear(_ bytes: Colour) -> Colour {
    func channel(_ byte: Double) -> Double {
      let share = byte / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return Colour(channel(bytes.x), channel(bytes.y), channel(bytes.z))
  }

  private func luminance(_ colour: Colour) -> Double { (colour * Colour(0.2126, 0.7152, 0.0722)).sum() }

  private func contrast(_ one: Colour, _ other: Colour) -> Double {
    let (a, b) = (luminance(one), luminance(other))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  @Test func contrastWithThePaper() {
    for theme in [PlotTheme.light, .dark] {
      let paper = linear(theme.paper)
      #expect(theme.series.count == 8 && theme.ramp.count == 6)
      for text in [theme.ink, theme.faint] { #expect(contrast(linear(text), paper) >= 4.5) }
      for colour in theme.series { #expect(contrast(linear(colour), paper) >= 3) }
      // The worst trials may stand back, but are there; the better the clearer.
      let ramp = theme.ramp.map { contrast(linear($0), paper) }
      #expect(ramp == ramp.sorted() && ramp[0] > 1.8)
    }
  }

  /// What a browser mixes: in sRGB, the filling's opacity being the share.
  @Test func countsContrastWithEveryShade() {
    for theme in [PlotTheme.light, .dark] {
      for step in 0...200 {
        let share = Double(step) / 200
        let mixed = bytes(theme.paper) + (bytes(theme.heat) - bytes(theme.paper)) * share
        let ink = theme.heatInks[share < HeatMap.inkChange ? 0 : 1]
        #expect(contrast(linear(mixed), linear(ink)) >= 4.5, "\(share) in \(theme.paper)")
      }
    }
  }

  /// Dichromats' vision by Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
  /// Deficiency", 2009, severity 1; rows of matrices.
  private static let visions: [(name: String, rows: [SIMD3<Double>])] = [
    ("common", [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)]),
    (
      "protanopia",
      [
        SIMD3(0.152286, 1.052583, -0.204868), SIMD3(0.114503, 0.786281, 0.099216),
        SIMD3(-0.003882, -0.048116, 1.051998),
      ]
    ),
    (
      "deuteranopia",
      [
        SIMD3(0.367322, 0.860646, -0.227968), SIMD3(0.280085, 0.672501, 0.047413),
        SIMD3(-0.011820, 0.042940, 0.968881),
      ]
    ),
    (
      "tritanopia",
      [
        SIMD3(1.255528, -0.076749, -0.178779), SIMD3(-0.078411, 0.930809, 0.147602),
        SIMD3(0.004733, 0.691367, 0.303900),
      ]
    ),
  ]

  /// Ottosson's Oklab (2020), in which distances are about those seen.
  private func oklab(_ colour: Colour) -> Colour {
    let cones = Colour(
      (colour * Colour(0.4122214708, 0.5363325363, 0.0514459929)).sum(),
      (colour * Colour(0.2119034982, 0.6806995451, 0.1073969566)).sum(),
      (colour * Colour(0.0883024619, 0.2817188376, 0.6299787005)).sum())
    let roots = Colour(cbrt(cones.x), cbrt(cones.y), cbrt(cones.z))
    return Colour(
      (roots * Colour(0.2104542553, 0.7936177850, -0.0040720468)).sum(),
      (roots * Colour(1.9779984951, -2.4285922050, 0.4505937099)).sum(),
      (roots * Colour(0.0259040371, 0.7827717662, -0.8086757660)).sum())
  }

  @Test(arguments: [PlotTheme.light, .dark])
  func seriesStayApartForEveryEye(_ theme: PlotTheme) {
    for vision in Self.visions {
      let seen = theme.series.map { hex in
        let colour = linear(hex)
        let shares = vision.rows.map { min(max((colour * $0).sum(), 0), 1) }
        return oklab(Colour(shares[0], shares[1], shares[2]))
      }
      for one in seen.indices {
        for other in seen.indices.dropFirst(one + 1) {
          let difference = seen[one] - seen[other]
          // Two is about what is just noticed when colours touch (in hundredths of Oklab).
          #expect((difference * difference).sum().squareRoot() > 0.06, "\(vision.name): \(one) and \(other)")
        }
      }
    }
  }

  @Test func bothThemesSetTheSameProperties() {
    #expect(PlotTheme.light.properties.map(\.name) == PlotTheme.dark.properties.map(\.name))
    for (name, value) in PlotTheme.dark.properties {
      // Once for the system's choice and once for the page's.
      #expect(PlotStyle.css.components(separatedBy: "\(name):\(value)").count - 1 >= 2, "\(name)")
    }
    #expect(
      PlotStyle.series(3) == "series-3" && PlotStyle.series(8) == "series-0" && PlotStyle.series(-1) == "series-7")
  }
}
