import Foundation

// What libFuzzer calls (https://llvm.org/docs/LibFuzzer.html): har-fuzz READER [libFuzzer's options and folders] gives a reader bytes for
// as long as it finds new ways through it.

// Set before the loop begins, by its only thread.
nonisolated(unsafe) private var reader: FuzzedReader?

/// Takes the reader's name from the arguments.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
  let words = arguments.pointee
  let name = count.pointee > 1 ? words[1].map { String(cString: $0) } : nil
  reader = FuzzedReader.all.first { $0.name == name }
  guard reader != nil else {
    let names = FuzzedReader.all.map { $0.name }.joined(separator: ", ")
    FileHandle.standardError.write(Data("har-fuzz: found \(name ?? "no reader"), expected one of \(names)\n".utf8))
    exit(64)
  }
  words[1] = words[0]
  arguments.pointee = words + 1
  count.pointee -= 1
  return 0
}

/// Gives the reader some bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  _ = try? reader?.read(UnsafeRawBufferPointer(start: bytes, count: count))
  return 0
}
