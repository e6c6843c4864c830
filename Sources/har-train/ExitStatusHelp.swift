/// What the exit statuses mean, as every command's help ends.
enum ExitStatusHelp {
  /// Of commands that read files and write to standard output or one file.
  static let reading = """
    EXIT STATUS
      0    done
      64   wrong usage
      65   wrong data
      66   missing input
      71   no memory left
      73   an output exists or cannot be made
      74   reading or writing failed
    """

  /// Of commands that write into the folder of a run.
  static let writingIntoFolders =
    reading + """

        75   the run's folder is in use
      """

  /// Of commands that train.
  static let training =
    writingIntoFolders + """

        130  interrupted, and saved (143: terminated)
      """
}
