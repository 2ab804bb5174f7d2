// One batched run of llvm-symbolizer: addresses in, one JSON object for each out, in the same order.
internal import FoundationEssentials

/// An instruction within an image file. `version` tells rebuilt files apart in the cache.
struct CodeAddress: Hashable, Sendable {
  let image: String
  let version: String
  let offset: UInt64
}

/// What an address is in the source; several of them, innermost first, when functions were inlined.
struct ResolvedFrame: Hashable, Sendable {
  /// As the linker knows it.
  var symbol: String?
  /// Demangled, without modules and types of arguments.
  var name: String?
  /// Demangled in full.
  var description: String?
  /// From the start of the function.
  var offset: UInt64?
  var file: String?
  var line: Int?
  var column: Int?
  var isInlined: Bool
}

enum SymbolizerRun {
  /// One object of --output-style=JSON.
  private struct Answer: Decodable {
    struct Symbol: Decodable {
      let Column: Int
      let FileName: String
      let FunctionName: String
      let Line: Int
      let StartAddress: String
      let StartFileName: String
    }
    struct Variable: Decodable {
      let Name: String
      let Start: String
    }
    let Symbol: [Symbol]?
    let Data: Variable?
  }

  /// Resolves `addresses`; those that the tool says nothing about are absent.
  static func resolve(
    _ addresses: [CodeAddress], with tool: String
  ) async -> Result<[CodeAddress: [ResolvedFrame]], ToolFailure> {
    let inputs = addresses.map { "CODE \(quoted($0.image)) 0x\(String($0.offset, radix: 16))" }
    return await ask(inputs, of: tool).map { answers in
      var resolved: [CodeAddress: [ResolvedFrame]] = [:]
      for (address, answer) in zip(addresses, answers) {
        let frames = frames(of: answer.Symbol ?? [], at: address.offset)
        if !frames.isEmpty { resolved[address] = frames }
      }
      return resolved
    }
  }

  /// The variables at `addresses` of the file `image`; those that the tool says nothing about are absent.
  static func variables(at addresses: [UInt64], in image: String, with tool: String) async -> [UInt64: String] {
    let inputs = addresses.map { "DATA \(quoted(image)) 0x\(String($0, radix: 16))" }
    guard let answers = try? await ask(inputs, of: tool).get() else { return [:] }
    var names: [UInt64: String] = [:]
    for (address, answer) in zip(addresses, answers) {
      guard let variable = answer.Data, let start = UInt64(variable.Start.dropFirst(2), radix: 16), start <= address
      else { continue }
      names[address] = start == address ? variable.Name : "\(variable.Name)+\(address - start)"
    }
    return names
  }

  /// An answer for each of `inputs`.
  private static func ask(_ inputs: [String], of tool: String) async -> Result<[Answer], ToolFailure> {
    switch await ToolRun.run(tool, ["--inlines", "--output-style=JSON"], inputs: inputs) {
    case .failed(let sentence): return .failure(ToolFailure(sentence: sentence))
    case .output(let text):
      guard let answers = try? JSONDecoder().decode([Answer].self, from: Data(text.utf8)), answers.count == inputs.count
      else { return .failure(ToolFailure(sentence: "\(tool) did not answer in JSON (version 13 or later does)")) }
      return .success(answers)
    }
  }

  private static func quoted(_ path: String) -> String { path.contains("\"") ? "'\(path)'" : "\"\(path)\"" }

  private static func frames(of symbols: [Answer.Symbol], at address: UInt64) -> [ResolvedFrame] {
    var frames: [ResolvedFrame] = []
    for (index, symbol) in symbols.enumerated() where !symbol.FunctionName.isEmpty {
      let start = UInt64(symbol.StartAddress.dropFirst(2), radix: 16)
      let file = sourceFile(symbol, callers: symbols[(index + 1)...])
      frames.append(
        ResolvedFrame(
          symbol: symbol.FunctionName, offset: start.flatMap { $0 <= address ? address - $0 : nil }, file: file,
          line: file != nil && symbol.Line > 0 ? symbol.Line : nil,
          column: file != nil && symbol.Line > 0 && symbol.Column > 0 ? symbol.Column : nil,
          isInlined: index < symbols.count - 1))
    }
    return frames
  }

  /// Specialized Swift code may say `<compiler-generated>` where its line is right. The file is then the one that the
  /// function begins in, or, for a line that is there, that of the function it was inlined into.
  private static func sourceFile(_ symbol: Answer.Symbol, callers: ArraySlice<Answer.Symbol>) -> String? {
    if isSource(symbol.FileName) { return symbol.FileName }
    if isSource(symbol.StartFileName) { return symbol.StartFileName }
    guard symbol.Line > 0 else { return nil }
    let module = modulePrefix(symbol.FunctionName)
    return callers.first { isSource($0.FileName) && module != nil && modulePrefix($0.FunctionName) == module }?.FileName
  }

  /// Where there is no debug information the tool knows the object file of a local symbol, if the linker kept that.
  private static func isSource(_ file: String) -> Bool {
    !file.isEmpty && !file.hasSuffix(">") && !file.hasSuffix(".o")
  }

  /// "$s5Proactor..." is of module Proactor.
  private static func modulePrefix(_ symbol: String) -> Substring? {
    guard symbol.hasPrefix("$s"), let length = Int(symbol.dropFirst(2).prefix { $0.isNumber }), length > 0 else {
      return nil
    }
    return symbol.dropFirst(2).drop { $0.isNumber }.prefix(length)
  }
}
