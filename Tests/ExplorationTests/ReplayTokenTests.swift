// Tokens are text that people paste: what is written is read again, and what is damaged or foreign is answered with a
// sentence.
import Exploration
import Testing

@Suite struct ReplayTokenTests {
  private let schedule = Schedule([
    Deviation(member: 0, ordinal: 7, turn: .run, value: 2), Deviation(member: 2, ordinal: 1, turn: .timeout, value: 0),
    Deviation(member: 0, ordinal: 300, turn: .value, value: 5),
  ])

  @Test func `A token is read as it was written, and is short`() throws {
    let token = ReplayToken(digest: 0xDEAD_BEEF, settings: [2, 1 << 40], schedule: schedule)
    #expect(try ReplayToken(token.text) == token)
    #expect(token.text.count < 50)
    #expect(token.text.hasPrefix("lw1-"))
  }

  @Test func `Any changed letter is noticed`() {
    let text = ReplayToken(digest: 1, settings: [3], schedule: schedule).text
    for index in text.indices.dropFirst(4) {
      var damaged = text
      damaged.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
      let read = try? ReplayToken(damaged)
      #expect(read == nil || read == (try? ReplayToken(text)), "\(damaged)")
    }
  }

  @Test(arguments: ["", "hello", "lw1-", "lw1-AAAA", "lw9-AAAAAAAA", "lw1-?"])
  func `What is no token is refused with a sentence`(text: String) throws {
    let error = #expect(throws: ReplayTokenError.self) { try ReplayToken(text) }
    #expect(try #require(error).description.contains("token"))
  }
}
