internal import Foundation
internal import Mustache
internal import Plots
internal import SystemSupport
internal import Training

/// An HTML page of sections with tables and pictures: one file that needs no network and no scripts.
struct Page {
  /// A table; its first column names the rows.
  struct Table {
    var caption: String?
    /// Empty for none.
    var heading: [String] = []
    var rows: [[String]]
    /// Whether it is a list of names and texts rather than of numbers.
    var isFacts = false
  }

  struct Figure {
    var picture: Picture
    var caption: String?
  }

  /// What stands under a heading, in the order of the members.
  struct Section {
    var heading: String?
    var subheading: String?
    var paragraphs: [String] = []
    /// To be typed, a line or more.
    var command: String?
    var tables: [Table] = []
    var figures: [Figure] = []
  }

  var title: String
  var lead: [String] = []
  var warnings: [String] = []
  var sections: [Section] = []

  /// The page's text. Throws what the template engine does, which the templates of the package give no reason to.
  func html() throws -> String {
    MustacheContentTypes.register(PageText(), named: Self.contentType)
    let library = MustacheLibrary(templates: [
      "table": try Self.template(PackageResources.table_mustache),
      "pictures": try Self.template(PackageResources.pictures_mustache),
      "sections": try Self.template(PackageResources.sections_mustache),
      "layout": try Self.template(PackageResources.layout_mustache),
    ])
    let body = library.render(
      ["title": title, "lead": lead, "warnings": warnings, "sections": sections.map(\.values)] as [String: Any],
      withTemplate: "sections")
    let page: [String: Any] = [
      "title": title, "plot_style": PlotStyle.css, "page_style": Self.text(PackageResources.page_css),
      "body": body ?? "", "footer": "har-train \(packageVersion)",
    ]
    return library.render(page, withTemplate: "layout") ?? ""
  }

  /// Writes the page to a path that somebody named. Throws where something is there, unless it may be replaced.
  static func write(_ html: String, to path: String, overwrite: Bool) throws(OutputError) {
    let file = try AtomicFile(path, existing: overwrite ? .replace : .refuseWithoutOverwrite)
    try file.write(html.utf8)
    try file.commit()
  }

  /// What a run, a search or a cross-validation was made with.
  static func origin(_ configuration: RunConfiguration, _ more: [Table] = []) -> Section {
    Section(
      heading: "Reproduce", command: configuration.command,
      tables: [
        Table(caption: "Settings", rows: RunFacts.settings(configuration), isFacts: true),
        Table(caption: "Versions", rows: RunFacts.versions(configuration), isFacts: true),
      ] + more)
  }

  /// What a table of networks begins with.
  static let accuracyCaption =
    "Accuracy on the test windows in per cent: mean and SD (standard deviation, with divisor n) over repeats, and the ensemble's."

  /// What is said of recordings that nobody made.
  static let syntheticWarning = "The recordings are made up (synthetic): this says nothing about people."

  private static func text(_ resource: [UInt8]) -> String { String(decoding: resource, as: UTF8.self) }

  private static func template(_ resource: [UInt8]) throws -> MustacheTemplate {
    try MustacheTemplate(string: "{{% CONTENT_TYPE: \(contentType)}}\(text(resource))")
  }

  /// The name by which the templates ask for their text to be escaped as it is in pictures.
  private static let contentType = "HAR_PAGE"

  private struct PageText: MustacheContentType {
    func escapeText(_ text: String) -> String { SVG.escaped(text, keepsLines: true) }
  }
}

// MARK: What the templates take

extension Page.Section {
  /// A key that is absent is an empty section of the template.
  fileprivate var values: [String: Any] {
    var values: [String: Any] = [
      "paragraphs": paragraphs, "tables": tables.map(\.values), "has_pictures": !figures.isEmpty,
      "pictures": figures.map(\.values),
    ]
    values["heading"] = heading
    values["subheading"] = subheading
    values["command"] = command
    return values
  }
}

extension Page.Table {
  fileprivate var values: [String: Any] {
    var values: [String: Any] = [
      "facts": isFacts, "has_heading": !heading.isEmpty, "heading": heading,
      "rows": rows.map { ["name": $0.first ?? "", "cells": Array($0.dropFirst())] as [String: Any] },
    ]
    values["caption"] = caption
    return values
  }
}

extension Page.Figure {
  fileprivate var values: [String: Any] {
    var values: [String: Any] = ["svg": picture.svg(.embedded)]
    values["caption"] = caption
    return values
  }
}
