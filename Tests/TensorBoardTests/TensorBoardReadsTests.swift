import Foundation
import TensorBoard
import Testing
import _TestSupport

/// TensorBoard in the tests' Python; it works without TensorFlow.
private enum InstalledTensorBoard {
  static let isThere = (try? Outside.runPython("import tensorboard"))?.status == 0
  static let hint = "\(Outside.pythonHint); TensorBoard is in it"
}

/// What the real TensorBoard finds in two runs of two repeats.
@Suite("TensorBoard reads what is written", .enabled(if: InstalledTensorBoard.isThere, "\(InstalledTensorBoard.hint)"))
struct TensorBoardReadsTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    for (run, learningRate) in [("run-a", 0.01), ("run-b", 0.1)] {
      for index in 0..<2 {
        let shift = Double(index)
        let accuracies = [0.25 + shift, 0.5 + shift, 0.75 + shift]
        try TensorBoardFile.write(
          to: directory.path("\(run)/repeat-\(index)"), startedAt: Self.start, hostName: "host",
          curves: [curve("loss/training", [1.5, 0.1, .nan]), curve("accuracy", accuracies)],
          hyperparameters: Hyperparameters([
            ("learning rate", .number(learningRate)), ("model", .text("cnn-lstm")), ("shuffle", .flag(run == "run-a")),
            ("patience", .number(.infinity)), ("dropout", .number(0)),
          ]),
          metrics: [MetricInfo(tag: "accuracy", displayName: "Accuracy")], group: run,
          end: index == 0 ? SessionEnd(status: .success, wallTime: Self.start + 60) : nil)
      }
    }
  }

  private static let start = 1_700_000_000.25

  /// A point per epoch, each a second after the last.
  private func curve(_ tag: String, _ values: [Double]) -> ScalarCurve {
    ScalarCurve(
      tag: tag,
      points: values.enumerated().map { .init(step: Int64($0), wallTime: Self.start + Double($0), value: $1) })
  }

  private func python<Result: Decodable>(_ script: String, as type: Result.Type) throws -> Result {
    let result = try Outside.runPython(script, [directory.path])
    try #require(result.status == 0, "\(result.standardError)")
    return try JSONDecoder().decode(type, from: Data(result.standardOutput.utf8))
  }

  private struct Accumulated: Decodable {
    let version: Double
    let firstTime: Double
    let tags: [String]
    let loss: [[Double?]]
    let accuracy: [[Double?]]
    let plugin: [String: String]
    let isCanonical: [Bool]
  }

  /// The plugin's data as JSON whose keys are sorted; each event must be what TensorBoard's own messages make of its content.
  private static let accumulator = """
    import glob, json, math, sys
    from google.protobuf.json_format import MessageToDict
    from tensorboard.backend.event_processing import event_accumulator, event_file_loader
    from tensorboard.compat.proto import event_pb2
    from tensorboard.plugins.hparams import metadata
    folder = sys.argv[1] + "/run-a/repeat-0"
    found = event_accumulator.EventAccumulator(folder)
    found.Reload()
    def points(tag):
        return [[p.step, p.wall_time, None if math.isnan(p.value) else p.value] for p in found.Scalars(tag)]
    parsers = {
        "_hparams_/experiment": metadata.parse_experiment_plugin_data,
        "_hparams_/session_start_info": metadata.parse_session_start_info_plugin_data,
        "_hparams_/session_end_info": metadata.parse_session_end_info_plugin_data}
    plugin = {
        tag: json.dumps(MessageToDict(parsers[tag](content)), sort_keys=True)
        for tag, content in found.PluginTagToContent("hparams").items()}
    def canonical(data):
        event = event_pb2.Event.FromString(data)
        event.DiscardUnknownFields()
        return event.SerializeToString(deterministic=True) == data
    [path] = glob.glob(folder + "/*")
    print(json.dumps(dict(
        version=found.file_version, firstTime=found.FirstEventTimestamp(), tags=found.Tags()["scalars"],
        loss=points("loss/training"), accuracy=points("accuracy"), plugin=plugin,
        isCanonical=[canonical(data) for data in event_file_loader.RawEventFileLoader(path).Load()])))
    """

  @Test func accumulatorHasCurvesAndHyperparameters() throws {
    let found = try python(Self.accumulator, as: Accumulated.self)
    #expect(found.version == 2 && found.firstTime == Self.start)
    #expect(found.tags == ["loss/training", "accuracy"])
    let start = Self.start
    #expect(found.loss == [[0, start, 1.5], [1, start + 1, Double(Float(0.1))], [2, start + 2, nil]])
    #expect(found.accuracy == [[0, start, 0.25], [1, start + 1, 0.5], [2, start + 2, 0.75]])
    #expect(
      found.plugin == [
        "_hparams_/experiment": """
        {"hparamInfos": [{"name": "learning rate", "type": "DATA_TYPE_FLOAT64"}, {"name": "model", "type": "DATA_TYPE_STRING"}, \
        {"name": "shuffle", "type": "DATA_TYPE_BOOL"}, {"name": "patience", "type": "DATA_TYPE_STRING"}, \
        {"name": "dropout", "type": "DATA_TYPE_FLOAT64"}], "metricInfos": [{"displayName": "Accuracy", \
        "name": {"tag": "accuracy"}}], "timeCreatedSecs": 1700000000.25}
        """,
        "_hparams_/session_start_info": """
        {"groupName": "run-a", "hparams": {"dropout": 0.0, "learning rate": 0.01, "model": "cnn-lstm", "patience": "inf", \
        "shuffle": true}, "startTimeSecs": 1700000000.25}
        """,
        "_hparams_/session_end_info": #"{"endTimeSecs": 1700000060.25, "status": "STATUS_SUCCESS"}"#,
      ])
    // The version, the experiment, the session's start and end, and an event per epoch.
    #expect(found.isCanonical == [Bool](repeating: true, count: 7))
  }

  private struct Served: Decodable {
    struct Group: Decodable {
      struct Session: Decodable {
        let name: String
        let status: String
      }
      struct Metric: Decodable {
        let value: Double
        let trainingStep: Int
      }
      let name: String
      let sessions: [Session]
      let metricValues: [Metric]
    }
    let tags: [String: [String]]
    let accuracy: [[Double]]
    let groups: [Group]
    let learningRates: [Double]
  }

  /// What a server answers that is asked as TensorBoard's page asks it.
  private static let server = """
    import json, re, signal, subprocess, sys, time, urllib.request
    # A process that Foundation starts may have every signal blocked, and what it starts in its turn.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    server = subprocess.Popen(
        [sys.executable, "-m", "tensorboard.main", "--logdir", sys.argv[1], "--host", "127.0.0.1", "--port", "0"],
        stderr=subprocess.PIPE, text=True)
    try:
        log = []
        for line in server.stderr:
            log.append(line)
            address = re.search(r"http://127.0.0.1:\\d+/", line)
            if address: break
        else:
            sys.exit("TensorBoard did not start: " + "".join(log))
        def ask(path, body=None):
            data = None if body is None else json.dumps(body).encode()
            request = urllib.request.Request(address[0] + "data/plugin/" + path, data, {"Content-Type": "application/json"})
            # Not by way of a proxy.
            return json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60))
        for attempt in range(600):
            tags = ask("scalars/tags")
            if sum(map(len, tags.values())) == 8: break
            time.sleep(0.1)
        statuses = ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"]
        groups = ask("hparams/session_groups", dict(
            experimentName="", allowedStatuses=statuses, colParams=[], startIndex=0, sliceSize=100))["sessionGroups"]
        groups.sort(key=lambda group: group["name"])
        print(json.dumps(dict(
            tags={run: sorted(names) for run, names in tags.items()},
            accuracy=ask("scalars/scalars?run=run-b%2Frepeat-1&tag=accuracy"), groups=groups,
            learningRates=[group["hparams"]["learning rate"] for group in groups])))
    finally:
        server.terminate()
        try:
            server.wait(timeout=60)
        except subprocess.TimeoutExpired:
            server.kill()
    """

  @Test func serverHasCurvesAndComparesRuns() throws {
    let served = try python(Self.server, as: Served.self)
    let runs = ["run-a/repeat-0", "run-a/repeat-1", "run-b/repeat-0", "run-b/repeat-1"]
    #expect(served.tags == Dictionary(uniqueKeysWithValues: runs.map { ($0, ["accuracy", "loss/training"]) }))
    let start = Self.start
    #expect(served.accuracy == [[start, 0, 1.25], [start + 1, 1, 1.5], [start + 2, 2, 1.75]])
    #expect(served.groups.map(\.name) == ["run-a", "run-b"])
    #expect(served.learningRates == [0.01, 0.1])
    for (group, run) in zip(served.groups, ["run-a", "run-b"]) {
      #expect(group.sessions.map(\.name) == ["\(run)/repeat-0", "\(run)/repeat-1"])
      #expect(group.sessions.map(\.status) == ["STATUS_SUCCESS", "STATUS_UNKNOWN"])
      // The mean of the repeats' last values.
      #expect(group.metricValues.map(\.value) == [1.25] && group.metricValues.map(\.trainingStep) == [2])
    }
  }
}
