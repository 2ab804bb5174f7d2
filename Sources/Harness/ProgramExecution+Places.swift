// What a program's execution comes to in words: its steps, and where its threads stand, with the lines of its source.
internal import CrashReports
internal import Exploration

extension ProgramExecution {
  /// As `ReplayedExecution.stepTable`, of an execution that was told: up to where the program died, if it did.
  public func stepTable(of program: ControlledProgram) async -> String {
    let acts = CanonicalTrace.acts(of: events) { $0 }
    let places = await program.places(of: decisions.filter(StepTable.isTold).map(\.place))
    return StepTable(acts: acts, decisions: decisions, names: names, places: places).whole
  }

  /// Where each thread stands, when it did not end, a sentence a thread; variables by name where that is known.
  public func standing(in program: ControlledProgram) async -> [String] {
    let places = await program.places(of: standing.map(\.place))
    let variables = await program.variables(at: standing.map(\.awaited))
    return standing.map { standing in
      var sentence = standing.sentence
      if let name = variables[standing.awaited], let address = sentence.firstRange(of: /0x[0-9a-f]+/) {
        sentence.replaceSubrange(address, with: name)
      }
      let place = places[standing.place].map { ", at \($0)" } ?? ""
      return "\(standing.name) \(sentence)\(place)"
    }
  }
}

extension ControlledProgram {
  fileprivate func places(of addresses: [UInt64]) async -> [UInt64: String] {
    await Symbolizer.shared.places(of: Set(addresses.filter { $0 != 0 }), in: path, besides: "/CShims/")
  }

  fileprivate func variables(at addresses: [UInt64]) async -> [UInt64: String] {
    await Symbolizer.shared.variables(at: Set(addresses.filter { $0 != 0 }), in: path)
  }
}
