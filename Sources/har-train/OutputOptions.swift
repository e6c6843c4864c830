import ArgumentParser

/// What results on made-up recordings end with.
let syntheticNote = "(synthetic recordings: this says nothing about people)"

/// What is shown.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Show no progress; results are printed all the same.")
  var quiet = false

  @Flag(help: "Print the results as JSON (docs/schemas/) in place of the tutorial's lines.")
  var json = false
}
