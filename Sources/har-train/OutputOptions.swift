import ArgumentParser

/// What results on made-up recordings end with.
let syntheticNote = "(synthetic recordings: this says nothing about people)"

/// What is shown.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Show no progress; results are printed all the same.")
  var quiet = false

  @Flag(help: "Print the results as JSON (docs/schemas/) in place of text.")
  var json = false
}

/// What a run's folder gets besides its report.
struct ReportOptions: ParsableArguments {
  @Flag(help: "Write the report's pictures as SVG files too, into the run's plots/.")
  var svg = false

  @Flag(help: "Write event files for TensorBoard into the run's tb/, epoch by epoch.")
  var tensorboard = false
}
