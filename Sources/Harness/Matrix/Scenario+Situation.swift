// Situations as scenarios: stressed and explored like all others, in every order and not only in the prescribed one.
internal import Exploration
internal import Latewrite
internal import OverlappedIO
internal import Proactor

extension Scenario {
  /// The scenario in which `situation` is acted; what it tells goes to `notes`.
  /// `directed`: how many of its directions the schedule follows; at the next one it is cut. By default none is looked
  /// for.
  init(
    _ situation: Situation, notes: Shared<SituationNotes> = Shared(SituationNotes()), directed: Int = .max
  ) {
    self.init(
      name: situation.name, summary: situation.summary, usualRevisions: [.today],
      broken: { revision in
        let declared = situation.declaration(of: revision)
        let hang: Set<Rule> = declared.words.contains(.hang) ? [.hang] : []
        return Declaration(
          Self.breakableAnywhere(on: revision).union(declared.rules).union(declared.elsewhere).union(hang),
          essential: [])
      },
      noise: { Noise(seed: $0) },
      usualWaits: 1, exploredWaits: 1, usualNanoseconds: 500_000_000, isStressedByDefault: false,
      isExploredByDefault: !situation.declaration(of: .today).words.contains(.hang),
      eventsPerThread: { _ in 4096 },
      setUp: { arena, setting in
        RegisteredWait.noticeLate(true)
        RegisteredWait.commit(situation.fault == .answersTooEarly ? .answersEnded : .none)
        let revision = setting.revision
        notes.withLock { $0 = SituationNotes() }
        return ExecutionCast(
          members: [
            Part(named: "loop") {
              let stage = try SituationStage(revision, arena: arena, notes: notes, directed: directed)
              do { try situation.act(stage) } catch is SituationCut { stage.windDown() }
              setting.progress()
            }
          ], invariants: [])
      })
  }

  /// The rules that a revision may break in some order of some situation.
  private static func breakableAnywhere(on revision: ProactorRevision) -> Set<Rule> {
    revision.behaviours.contains(.ioPendingMeansNotYet)
      ? []
      : [
        .freedWhileLent, .staleWrite, .writeIntoReusedBlock, .unexpectedEvent, .falseCompletion, .falseAlarm,
        .doubleUnregister, .staleHandle, .leak, .hang, .writeDuringFree, .waitedHandleClosed,
      ]
  }
}
