// report.json keeps its promises: every key, unknown is null, and reading it back loses nothing.
import CArena
import Foundation
import Testing

@testable import CrashReports

@Suite struct EncodedReportTests {
  private func object(_ report: CrashReport) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(report.json())) as? [String: Any])
  }

  /// A report that knows as little as possible.
  private func bare() async throws -> CrashReport {
    var maker = RecordMaker(images: [])
    var record = lw_record()
    record.version = 1
    record.state = 2
    record.rule = 12
    maker.add(record)
    return try #require(await maker.reports().first)
  }

  @Test func everyReportFitsTheSchema() async throws {
    let validator = try SchemaValidator(CrashReport.jsonSchema)
    #expect(try validator.errors(object(MadeReport.report())) == [])
    #expect(try await validator.errors(object(bare())) == [])
    for rule in 1...18 {
      var run = RunContext(verdict: .expected, environment: .current())
      run.schedule = rule % 2 == 0 ? "4HN7" : nil
      let report = MadeReport.report(rule: rule, name: "stale-write", moments: [:], writer: .kernel, run: run)
      #expect(try validator.errors(object(report)) == [])
    }
  }

  @Test func validatorSeesWhatIsWrong() throws {
    let validator = try SchemaValidator(CrashReport.jsonSchema)
    var json = try object(MadeReport.report())
    json["victim"] = nil
    json["extra"] = 1
    json["signature"] = "not hexadecimal"
    json["occurrences"] = 0
    json["severity"] = "dreadful"
    json["process"] = ["id": "4711", "program": "x"]
    let errors = try Set(validator.errors(json))
    #expect(
      errors == [
        "$.victim is absent", "$.extra is not in the schema", "$.signature does not match ^[0-9a-f]{12}$",
        "$.occurrences is below 1", "$.severity is none of [\"error\", \"warning\"]", "$.process.id is no integer",
      ])
  }

  @Test func unknownIsNullAndNeverAbsent() async throws {
    let json = try await object(bare())
    #expect(json["block"] is NSNull && json["access"] is NSNull && json["bytes"] is NSNull)
    let reproduce = try #require(json["reproduce"] as? [String: Any])
    #expect(reproduce["seed"] is NSNull && reproduce["schedule"] is NSNull && reproduce["command"] is NSNull)
    let stacks = try #require(json["stacks"] as? [String: Any])
    #expect(stacks.count == 9 && stacks.values.allSatisfy { $0 is NSNull })
  }

  @Test func addressesAreSixteenDigitsAndTimesAreNanoseconds() throws {
    let json = try object(MadeReport.report())
    #expect((json["block"] as? [String: Any])?["address"] as? String == "0x00007f31c0040240")
    let freed = (json["stacks"] as? [String: Any])?["freed"] as? [String: Any]
    #expect(freed?["time"] as? Int == 4_000_000 && freed?["step"] as? Int == 29)
    #expect(json["timestamp"] as? String == "2023-11-14T22:13:20.123Z")
  }

  @Test func changedBytesAreSplitAtFields() throws {
    let bytes = try #require(try object(MadeReport.report())["bytes"] as? [String: Any])
    let changes = try #require(bytes["diff"] as? [[String: Any]])
    #expect(changes.map { $0["offset"] as? Int } == [0, 9])
    #expect(changes.map { $0["new"] as? String } == ["0301000000000000", "07"])
    #expect(changes.map { $0["field"] as? String } == ["Internal", "InternalHigh"])
  }

  @Test func readingBackLosesNothing() async throws {
    for report in [MadeReport.report(occurrences: 5, notes: ["a note"]), try await bare()] {
      let again = try CrashReport(json: report.json(), origin: "report.json")
      #expect(try again.json() == report.json())
      #expect(again.text(path: "x") == report.text(path: "x"))
    }
  }

  @Test(arguments: ["", "{", "{}", "[]", "{\"schemaVersion\": 1}", "null"])
  func damagedReportIsOneSentence(text: String) {
    let error = #expect(throws: CrashReportError.self) {
      try CrashReport(json: Array(text.utf8), origin: "x/report.json")
    }
    #expect(error?.description == "x/report.json is no report.json of schema 1: it is damaged or of another version")
  }

  @Test func reportOfALaterSchemaIsRefused() throws {
    let text = String(decoding: try MadeReport.report().json(), as: UTF8.self)
    let later = text.replacing("\"schemaVersion\" : 1", with: "\"schemaVersion\" : 2")
    #expect(later != text)
    #expect(throws: CrashReportError.self) { try CrashReport(json: Array(later.utf8), origin: "later.json") }
  }

  @Test func numbersOutOfBoundsInAReportDoNotTrap() throws {
    let text = String(decoding: try MadeReport.report().json(), as: UTF8.self)
    let wild = text.replacing("\"length\" : 8", with: "\"length\" : 9223372036854775807")
    #expect(wild != text)
    #expect(!(try CrashReport(json: Array(wild.utf8), origin: "wild.json").text()).isEmpty)
  }
}
