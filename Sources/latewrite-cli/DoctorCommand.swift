// Looks at what Latewrite needs from the system, and says what is missing in plain lines.
internal import ArgumentParser
internal import CrashReports
internal import FoundationEssentials
internal import Glibc
internal import Harness

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Looks whether this machine has what Latewrite needs.",
    discussion: "Exit codes: 0 everything needed is there; 70 something needed is missing.")

  @Option(help: ArgumentHelp("The directory that findings would be stored in.", valueName: "dir"))
  var out = ReportReader.defaultDirectory

  func run() async throws {
    let observations = [
      system(), cores(), Observations.timeStampCounter(), Observations.childProcesses(), Observations.unwinder(),
      symbolizer(), Observations.framePointers(), Observations.coreDumps(), outDirectory(),
    ]
    for observation in observations { print(observation.line) }
    if observations.contains(where: { $0.state == .missing }) { throw ExitStatus.failure }
  }

  private func system() -> Observation {
    let machine = ReportEnvironment.current()
    let isSupported = machine.os == "Linux" && machine.cpu == "x86_64"
    return Observation(
      "system",
      "\(machine.os) \(machine.kernel), \(machine.cpu)" + (isSupported ? "" : ": Latewrite needs Linux, x86_64"),
      isSupported ? .fine : .missing)
  }

  private func cores() -> Observation {
    let cores = ReportEnvironment.current().cores
    return Observation(
      "cores", cores > 1 ? "\(cores)" : "1: races that need two threads at the same instant will not show", .fine)
  }

  private func symbolizer() -> Observation {
    let tools = SymbolizerTools.found()
    guard let symbolizer = tools.symbolizer, tools.demangler != nil else {
      return Observation(
        "symbolizer",
        "llvm-symbolizer or swift-demangle is not beside swift or on PATH: reports show functions of this program only",
        .degraded)
    }
    return Observation("symbolizer", symbolizer, .fine)
  }

  private func outDirectory() -> Observation {
    if let sentence = FindingsFolder.whyNotWritable(out, keepDirectory: false) {
      return Observation("out", sentence, .missing)
    }
    return Observation("out", "\(out) is writable", .fine)
  }
}
