import Kernels
import Testing

/// Which kernel set a process takes, and what it says of a choice that it can't follow.
@Suite struct KernelSelectionTests {
  @Test(arguments: [[:], ["HAR_KERNELS": ""], ["OTHER": "avx2"]])
  func takesTheBestWithoutAChoice(_ environment: [String: String]) throws {
    #expect(try KernelSet(environment: environment).name == KernelSet.bestName)
  }

  @Test(arguments: KernelSet.Name.supported)
  func followsAChoice(_ name: KernelSet.Name) throws {
    #expect(try KernelSet(environment: ["HAR_KERNELS": name.rawValue]).name == name)
    #expect(try KernelSet(name).name == name)
  }

  @Test(arguments: ["sse9", "AVX2", " avx2", "best"])
  func refusesAnUnknownName(_ choice: String) {
    let error = #expect(throws: KernelSet.SelectionError.unknown(choice)) {
      try KernelSet(environment: ["HAR_KERNELS": choice])
    }
    #expect(
      error?.message == "HAR_KERNELS=\(choice): no such kernel set; expected one of baseline, avx2, avx512, avx512bf16")
  }

  @Test(arguments: KernelSet.Name.allCases.filter { !KernelSet.Name.supported.contains($0) })
  func refusesWhatTheProcessorLacks(_ name: KernelSet.Name) {
    #expect(throws: KernelSet.SelectionError.unsupported(name, best: KernelSet.bestName)) {
      try KernelSet(environment: ["HAR_KERNELS": name.rawValue])
    }
  }

  @Test func saysWhatTheProcessorLacks() {
    let message = KernelSet.SelectionError.unsupported(.avx512, best: .avx2).message
    #expect(
      message == "HAR_KERNELS=avx512: this processor lacks the instructions; the best it can run is avx2")
  }

  @Test func everyProcessorRunsTheBaseline() {
    #expect(KernelSet.supported.first?.name == .baseline)
    #expect(KernelSet.supported.last?.name == KernelSet.bestName)
  }

  @Test func theProcessorHasAName() {
    #expect(!processorName().isEmpty)
  }

  #if arch(x86_64)
    @Test(arguments: KernelSet.Name.supported)
    func widthsAndFusingAreThoseOfTheInstructions(_ name: KernelSet.Name) throws {
      let table = try KernelSet(name).table
      let expected: [KernelSet.Name: (Int, Bool)] = [
        .baseline: (4, false), .avx2: (8, true), .avx512: (16, true), .avx512bf16: (16, true),
      ]
      #expect(table.width == expected[name]?.0)
      #expect(table.fusesMultiplyAdd == expected[name]?.1)
    }
  #endif
}
