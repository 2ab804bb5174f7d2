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

  /// Where each thread stands, when it did not end, a sentence a thread.
  public func standing(in program: ControlledProgram) async -> [String] {
    let places = await program.places(of: standing.map(\.place))
    return standing.map { standing in
      places[standing.place].map { "\(standing.sentence), at \($0)" } ?? standing.sentence
    }
  }
}

extension ControlledProgram {
  fileprivate func places(of addresses: [UInt64]) async -> [UInt64: String] {
    await Symbolizer.shared.places(of: Set(addresses.filter { $0 != 0 }), in: path, besides: "/CShims/")
  }
}
