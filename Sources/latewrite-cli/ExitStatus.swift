// How the command ends; scripts rely on these numbers.
internal import ArgumentParser
internal import CrashReports
internal import Glibc
internal import Harness

enum ExitStatus {
  /// A finding that no declaration covers.
  static let forbidden = ExitCode(1)
  /// The arguments make no sense.
  static let usage = ExitCode(64)
  /// The system or Latewrite itself failed.
  static let failure = ExitCode(70)
  /// Interrupted, after writing what there was.
  static let interrupted = ExitCode(130)
}

/// Says `sentence` on standard error under the command's name.
func complain(_ sentence: String) {
  var line = "latewrite: \(sentence)\n"
  line.withUTF8 { text in _ = unsafe write(STDERR_FILENO, text.baseAddress, text.count) }
}

/// Runs `body`; an error becomes one sentence and the exit code that stands for it.
func endingWithSentence<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async throws -> Result {
  do {
    return try await body()
  } catch let error as ExitCode {
    throw error
  } catch HarnessError.usage(let sentence) {
    complain(sentence)
    throw ExitStatus.usage
  } catch {
    complain("\(error)")
    throw ExitStatus.failure
  }
}
