// Names and lines are right, and where they cannot be had the report says so.
import CArena
import Glibc
import Testing

@testable import CrashReports

@Suite struct SymbolizerTests {
  @Test func shiftingTheCodeMovesTheLinesAndKeepsTheSignature() async throws {
    let folder = try ScratchFolder()
    let line = CompiledSubject.line(of: "line of the free")
    let first = try #require(await CompiledSubject(in: folder).recorded().reports().first)
    #expect(first.location?.line == line)
    #expect(first.location?.file.hasSuffix("/subject.c") == true)

    let shifted = try CompiledSubject(in: folder, text: "// one more line\n" + CompiledSubject.source)
    let second = try #require(await shifted.recorded().reports().first)
    #expect(second.location?.line == line + 1)
    #expect(second.signature == first.signature)
    #expect(second.title == first.title)
  }

  @Test func inlinedFunctionsOfCAreAllThere() async throws {
    let folder = try ScratchFolder()
    let report = try #require(await CompiledSubject(in: folder).recorded().reports().first)
    let frames = try #require(report.moments[.freed]?.frames)
    #expect(frames.map(\.name) == ["release_overlapped", "drop_wait", "cancel_wait", "main"])
    #expect(frames.map(\.isInlined) == [true, true, false, false])
    #expect(
      frames.map { $0.location?.line }
        == ["line of the free", "line of its caller", "line of the outermost", "line in main"]
        .map { CompiledSubject.line(of: $0) })
    #expect(report.title == "freed-while-lent: OVERLAPPED freed in release_overlapped")
  }

  @Test func signatureDoesNotDependOnTheVictim() async throws {
    let subject = try CompiledSubject(in: ScratchFolder())
    let first = try #require(await subject.recorded(victim: 3).reports().first)
    let second = try #require(await subject.recorded(victim: 8).reports().first)
    #expect(first.victim != second.victim)
    #expect(first.signature == second.signature)
  }

  @Test func signatureDependsOnTheFreeAndOnTheCall() async throws {
    let subject = try CompiledSubject(in: ScratchFolder())
    let first = try #require(await subject.recorded().reports().first)
    var otherFree = subject.recorded()
    otherFree.records[0].moments.3 = otherFree.records[0].moments.1
    var otherCall = subject.recorded()
    setBytes(of: &otherCall.records[0].api, to: Array("ReadFile".utf8) + [0])
    let signatures = try await [otherFree.reports()[0].signature, otherCall.reports()[0].signature, first.signature]
    #expect(Set(signatures).count == 3)
  }

  @Test func swiftFunctionsAreDemangledWithTheirLines() async throws {
    var maker = RecordMaker()
    var record = lw_record(rule: 2)
    let (frames, line) = freesTheBlock()
    record.set(.LW_MOMENT_FREED, frames: frames)
    maker.add(record)
    let report = try #require(await maker.reports().first)
    let top = try #require(report.moments[.freed]?.frames.first)
    #expect(top.name == "freesTheBlock()")
    #expect(top.description?.hasPrefix("CrashReportsTests.freesTheBlock() -> ") == true)
    #expect(top.location?.file.hasSuffix("CrashReportsTests/SymbolizerTests.swift") == true)
    #expect(top.location?.line == line)
    #expect(report.notes.isEmpty)
    #expect(report.summary.contains("SymbolizerTests.swift:\(line) in freesTheBlock [sig "))
  }

  @Test func missingSymbolizerIsSaidAndOwnNamesAreStillThere() async throws {
    var maker = RecordMaker()
    var record = lw_record(rule: 2)
    let (frames, line) = freesTheBlock()
    record.set(.LW_MOMENT_FREED, frames: frames)
    maker.add(record)
    let report = try #require(await maker.reports(SymbolizerTools(symbolizer: nil, demangler: nil)).first)
    #expect(report.notes.contains { $0.hasPrefix("llvm-symbolizer was not found: ") })
    #expect(report.moments[.freed]?.frames.first?.name == "freesTheBlock()")
    #expect(report.location?.line == line)
  }

  @Test func missingSymbolizerLeavesImageAndOffsetOfOtherPrograms() async throws {
    let subject = try CompiledSubject(in: ScratchFolder())
    let report = try #require(
      await subject.recorded().reports(SymbolizerTools(symbolizer: nil, demangler: nil)).first)
    let offset = try #require(subject.returns["freed"]?.first)
    #expect(report.text().contains("\(subject.program)+0x\(String(offset, radix: 16))"))
    #expect(report.text().contains("NOTE   llvm-symbolizer was not found"))
  }

  @Test func symbolizerThatFailsIsSaid() async throws {
    let subject = try CompiledSubject(in: ScratchFolder())
    let report = try #require(
      await subject.recorded().reports(SymbolizerTools(symbolizer: "/bin/false", demangler: nil)).first)
    #expect(report.notes.contains { $0.hasPrefix("/bin/false ended with ") })
  }

  @Test func missingDemanglerIsSaid() async throws {
    var maker = RecordMaker()
    var record = lw_record(rule: 2)
    record.set(.LW_MOMENT_FREED, frames: freesTheBlock().frames)
    maker.add(record)
    let tools = SymbolizerTools(symbolizer: SymbolizerTools.found().symbolizer, demangler: nil)
    let report = try #require(await maker.reports(tools).first)
    #expect(report.notes == ["swift-demangle was not found: Swift names are shown as the linker knows them"])
    #expect(report.moments[.freed]?.frames.first?.name?.hasPrefix("$s") == true)
  }

  @Test(arguments: [true, false])
  func rebuiltProgramIsSaidInsteadOfWrongLines(hasBuildID: Bool) async throws {
    let folder = try ScratchFolder()
    let options = ["-Wl,--build-id=\(hasBuildID ? "sha1" : "none")"]
    let subject = try CompiledSubject(in: folder, options: options)
    #expect((BuildID.ofFile(subject.program) != nil) == hasBuildID)
    var maker = subject.recorded()
    // Without a build id a file that is newer than the run is another one.
    maker.header.start_unix_ns = hasBuildID ? UInt64.max / 2 : 1
    if hasBuildID {
      _ = try CompiledSubject(in: folder, text: "// shifted\n" + CompiledSubject.source, options: options)
    }
    let report = try #require(await maker.reports().first)
    #expect(
      report.notes.contains(
        "\(subject.program) was rebuilt since this was recorded: its frames are shown as image+offset"))
    #expect(report.moments[.freed]?.frames.first?.name == nil)
    #expect(report.location == nil)
  }

  @Test func deletedProgramIsSaid() async throws {
    let maker = try CompiledSubject(in: ScratchFolder()).recorded()
    let report = try #require(await maker.reports().first)
    #expect(report.notes.contains { $0.hasSuffix("is not there any more: its frames are shown as image+offset") })
  }

  @Test func exactFrameIsNotMovedBack() async throws {
    let subject = try CompiledSubject(in: ScratchFolder())
    var maker = subject.recorded()
    maker.records[0].moments.3.first_exact = 1
    let exact = AddressBook(try maker.file()).places(of: maker.records[0].moments.3)
    let usual = AddressBook(try subject.recorded().file()).places(of: subject.recorded().records[0].moments.3)
    #expect(exact[0].code?.offset == usual[0].code.map { $0.offset + 1 })
    #expect(exact[1].code?.offset == usual[1].code?.offset)
  }

  @Test func manyRecordsNeedOneRunOfTheSymbolizerAndKnownAddressesNone() async throws {
    var maker = RecordMaker()
    for index in 0..<256 {
      var record = lw_record(rule: UInt32(index % 3 + 1), seed: UInt64(index))
      for moment in [lw_moment.LW_MOMENT_ALLOCATED, .LW_MOMENT_LENT, .LW_MOMENT_FREED, .LW_MOMENT_WRITTEN] {
        record.set(moment, frames: freesTheBlock().frames)
      }
      maker.add(record)
    }
    let symbolizer = Symbolizer()
    let file = try maker.file()
    let reports = await CrashReport.reports(of: file, symbolizer: symbolizer)
    #expect(reports.map(\.occurrences) == [86, 85, 85])
    #expect(await symbolizer.runs == 1)
    _ = await CrashReport.reports(of: file, symbolizer: symbolizer)
    #expect(await symbolizer.runs == 1)
  }

  @Test func fileOfCompilerGeneratedCodeComesFromItsSurroundings() async throws {
    let folder = try ScratchFolder()
    let answer = [
      ("$ss27_allocateUninitializedArrayySayxG_BptBwlF", "/<compiler-generated>", 3, ""),
      ("$s3App4LoopC3runyyFSuSicfU_", "/<compiler-generated>", 5, ""),
      ("$s3App4LoopC5startyyF", "/<compiler-generated>", 0, "/app/Start.swift"),
      ("$s3App4LoopC3runyyF", "/app/Loop.swift", 7, "/app/Loop.swift"),
    ].map { name, file, line, start in
      """
      {"Column": 1, "FileName": "\(file)", "FunctionName": "\(name)", "Line": \(line), "StartAddress": "0x10", \
      "StartFileName": "\(start)"}
      """
    }
    let script = folder.path + "/symbolizer"
    let text = "#!/bin/sh\necho '[{\"Symbol\": [\(answer.joined(separator: ", "))]}]'\n"
    try FileContents.replace(script + ".text", with: Array(text.utf8))
    // Written by another process: a child that another test starts while this one has it open keeps it "busy".
    _ = try CompiledSubject.output("/usr/bin/install", [script + ".text", script])
    let address = CodeAddress(image: "/app/server", version: "1", offset: 0x14)
    let frames = try #require(try await SymbolizerRun.resolve([address], with: script).get()[address])
    #expect(frames.map(\.file) == [nil, "/app/Loop.swift", "/app/Start.swift", "/app/Loop.swift"])
    #expect(frames.map(\.line) == [nil, 5, nil, 7])
    #expect(frames.map(\.offset) == [4, 4, 4, 4])
  }

  @Test func symbolizerOfTheEnvironmentIsTakenAndNoOther() async {
    await #expect(processExitsWith: .success) {
      let usual = try #require(SymbolizerTools.found().symbolizer)
      setenv("LATEWRITE_SYMBOLIZER", "/nowhere/llvm-symbolizer", 1)
      try #require(SymbolizerTools.found().symbolizer == nil)
      setenv("LATEWRITE_SYMBOLIZER", "/bin/cat", 1)
      try #require(SymbolizerTools.found().symbolizer == "/bin/cat")
      setenv("LATEWRITE_SYMBOLIZER", "", 1)
      try #require(SymbolizerTools.found().symbolizer == usual)
    }
  }

  @Test(arguments: [
    ("WaitHandleFuture.cancel(reason:)", "WaitHandleFuture.cancel"),
    ("specialized Box.go<A>(_:)", "Box.go"),
    ("closure #1 in WaitHandleFuture.run()", "WaitHandleFuture.run"),
    ("closure #2 in closure #1 in static Loop.run<A>(_:)", "Loop.run"),
    ("partial apply for closure #1 in Loop.run()", "Loop.run"),
    ("protocol witness for Owner.free() in conformance Block", "Owner.free"),
    ("Overlapped.__deallocating_deinit", "Overlapped.deinit"),
    ("Overlapped.__allocating_init(arena:)", "Overlapped.init"),
    ("Box.x.getter", "Box.x.getter"),
    ("static Box.< infix(_:_:)", "Box.< infix"),
    ("ns::Pool<int>::release(void*)", "ns::Pool::release"),
    ("cancel_wait", "cancel_wait"),
  ])
  func baseNameHasNoArgumentsAndNoGenerics(name: String, base: String) {
    #expect(BaseName.of(name) == base)
  }

  @Test(arguments: [
    ("/home/me/project/CShims/CArena/include/lw_arena.h" as String?, "/home/me/app", FrameOrigin.latewrite),
    ("/home/me/project/.build/checkouts/latewrite/Sources/Latewrite/Block.swift", "/home/me/app", .latewrite),
    ("/home/me/project/Sources/Proactor/Loop.swift", "/home/me/app", .app),
    ("/home/me/project/Sources/Proactor/Loop.swift", "/usr/lib/libother.so", .system),
    ("/usr/include/string.h", "/home/me/app", .system),
    ("/<compiler-generated>", "/home/me/app", .system),
    ("/tmp/swift-generated-sources/@__swiftmacro_4Test.swift", "/home/me/app", .system),
    (nil, "/home/me/app", .system),
  ])
  func originOfAFrameFollowsFromItsFileAndImage(file: String?, image: String, origin: FrameOrigin) {
    #expect(FrameOrigin(file: file, symbol: "f", image: image) == origin)
  }
}

/// The frames of this function and its callers, and the line that the first of them returns to.
@inline(never)
func freesTheBlock() -> (frames: [UInt64], line: Int) {
  let frames = capturedFrames(); let line = #line
  return (frames.filter { $0 != 0 }, line)
}
