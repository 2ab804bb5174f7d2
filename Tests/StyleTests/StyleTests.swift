// Style is a test: what reviews would otherwise say again and again. Every rule is also tried on text that breaks it.
import Testing

@Suite("Style")
struct StyleTests {
  static let rules: [(name: String, rule: @Sendable (SourceFile) -> [StyleBreach])] = [
    ("lines fit", { StyleRules.lineLength($0) }),
    ("files are one mechanism", { StyleRules.fileLength($0) }),
    ("files open with their reason", { StyleRules.opensWithReason($0) }),
    ("functions are short", { StyleRules.functionLength($0) }),
    ("file names name a concept", { StyleRules.fileNames($0) }),
    ("nothing is left over", { StyleRules.leftovers($0) }),
    ("calls stay in their layer", { StyleRules.bannedCalls($0) }),
    ("memory orders are explained", { StyleRules.memoryOrders($0) }),
  ]

  @Test("the sources keep every rule", arguments: rules.map(\.name))
  func sourcesKeep(rule name: String) throws {
    let rule = try #require(Self.rules.first { $0.name == name })
    let breaches = try SourceTree.sources().flatMap(rule.rule)
    #expect(breaches.isEmpty, "\n\(breaches.map(\.description).joined(separator: "\n"))")
  }

  @Test("dependencies point down only")
  func arrowsPointDown() throws {
    let sources = try SourceTree.sources()
    let owners = LayerRules.headerOwners(sources)
    let breaches = sources.flatMap { LayerRules.arrows($0, owners: owners) }
    #expect(breaches.isEmpty, "\n\(breaches.map(\.description).joined(separator: "\n"))")
  }

  @Test("the top level is closed")
  func topLevelIsClosed() throws {
    let allowed: Set = ["Package.swift", "Sources", "CShims", "Tests", "tools", "README.md"]
    let top = Set(try SourceTree.paths().map { String($0.prefix { $0 != "/" }) })
    #expect(top.filter { !allowed.contains($0) && !$0.hasPrefix(".") }.isEmpty)
  }

  @Test("README's Swift stands in a test, so it compiles")
  func readmeCompiles() throws {
    let sources = try SourceTree.sources()
    let readme = try #require(sources.first { $0.path == "README.md" })
    let tests = sources.filter { $0.path.hasPrefix("Tests/") && $0.isSwift }.map { ReadmeExamples.code(of: $0.lines) }
    let examples = ReadmeExamples.all(in: readme)
    #expect(!examples.isEmpty)
    for example in examples where !tests.contains(where: { $0.contains(example) }) {
      Issue.record("README.md: no test has this example:\n\(example)")
    }
  }

  @Test("every rule notices what breaks it")
  func rulesBite() {
    let long = String(repeating: "x", count: 121)
    let body = (0..<80).map { "  let line\($0) = \($0)" }.joined(separator: "\n")
    let cases: [(SourceFile, (SourceFile) -> [StyleBreach])] = [
      (SourceFile(path: "Sources/A/A.swift", text: "// a\n\(long)"), StyleRules.lineLength),
      (
        SourceFile(path: "Sources/A/A.swift", text: String(repeating: "// a\n", count: 500)), StyleRules.fileLength
      ),
      (SourceFile(path: "Sources/A/A.swift", text: "import B"), StyleRules.opensWithReason),
      (SourceFile(path: "Sources/A/A.swift", text: "// a\nfunc f() {\n\(body)\n}"), StyleRules.functionLength),
      (SourceFile(path: "Sources/A/StringUtils.swift", text: "// a"), StyleRules.fileNames),
      (SourceFile(path: "Sources/A/A.swift", text: "// TODO: later"), StyleRules.leftovers),
      (SourceFile(path: "Sources/A/A.swift", text: "precondition(x)"), StyleRules.bannedCalls),
      (SourceFile(path: "CShims/CArena/src/a.c", text: "x = malloc(3);"), StyleRules.bannedCalls),
      (SourceFile(path: "CShims/CArena/src/a.c", text: "load(&x, memory_order_relaxed);"), StyleRules.memoryOrders),
      (
        SourceFile(path: "Sources/Latewrite/A.swift", text: "import Proactor"),
        { LayerRules.arrows($0, owners: [:]) }
      ),
    ]
    for (file, rule) in cases { #expect(rule(file).count == 1, "\(file.path)") }
  }
}
