// An execution again, by its token, and the shortest schedule that ends alike.
internal import Latewrite

extension Explorer {
  /// The token of a schedule of this scenario.
  public func token(of schedule: Schedule) -> String {
    ReplayToken(digest: digest, settings: [], schedule: schedule).text
  }

  var digest: UInt32 { ReplayToken.digest(of: [scenario.name]) }

  /// Repeats the execution of a token. Throws a sentence for what is none, is another scenario's, or does not fit.
  public func replay(_ token: String) throws -> ExploredExecution {
    try inTurn {
      let schedule = try schedule(of: token)
      Trace.drain { _ in }
      var execution = try execute(schedule, logging: true)
      guard execution.run.stray == 0 else {
        throw ExplorationError(
          "\(execution.run.stray) of the token's \(schedule.count) deviations found no place: \(scenario.name) was "
            + "changed since, or does not do the same in every process (hash order, addresses, the environment)")
      }
      let (events, _) = Trace.drain()
      let decisions = execution.run.decisions
      let places = controller.placeNames.of(decisions.map(\.place))
      let acts = (AnnouncedActs.acts(of: decisions, at: places) + CanonicalTrace.acts(of: events)).enumerated()
        .sorted { ($0.element.step, $0.offset) < ($1.element.step, $1.offset) }.map(\.element)
      let names = decisions.map(\.member).max().map { last in (0...last).map(Controller.name(of:)) } ?? []
      execution.stepTable = StepTable(acts: acts, decisions: decisions, names: names, places: places).whole
      return execution
    }
  }

  /// The fewest deviations of a token's schedule that still end in `ending`, as a token. Throws a sentence when the
  /// token itself does not.
  public func shrink(_ token: String, to ending: String) throws -> String {
    try inTurn {
      let whole = try schedule(of: token)
      let execution = try execute(whole)
      guard execution.endings.contains(ending) else {
        throw ExplorationError(
          "the token ends in \(execution.endings.sorted().joined(separator: ", ")), not in \(ending)")
      }
      guard try isGoingOn(after: execution) else { return token }
      let result = try Shrinking.shrink(whole) { candidate in
        let execution = try execute(candidate.schedule, logging: candidate.isLogged)
        return Shrinking.Trial(
          shows: execution.endings.contains(ending), schedule: execution.run.schedule,
          decisions: execution.run.decisions, isLast: try !isGoingOn(after: execution))
      }
      return self.token(of: result.schedule)
    }
  }

  private func schedule(of token: String) throws -> Schedule {
    let read = try ReplayToken(token)
    guard read.digest == digest else {
      throw ExplorationError("the token is not for \(scenario.name): it belongs to another scenario")
    }
    return read.schedule
  }
}
