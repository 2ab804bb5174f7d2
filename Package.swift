// swift-tools-version: 6.2
// The layers of Latewrite, lowest first. Dependencies point down only: a target may name targets above its own line in
// this file and never below it.
import PackageDescription

/// What every Swift target is built with. Strict memory safety marks each place that leans on C memory; release builds
/// treat every warning as an error.
let swiftSettings: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
  .treatAllWarnings(as: .error, .when(configuration: .release)),
]

/// Tests talk to C directly, so they are not under strict memory safety.
let testSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// What every C target is built with. Lock rules are checked at compile time.
let cSettings: [CSetting] = [
  .define("_GNU_SOURCE"),
  .enableWarning("all"),
  .enableWarning("extra"),
  .enableWarning("thread-safety"),
  .treatAllWarnings(as: .error),
]

func cModule(_ name: String, dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "CShims/\(name)", sources: ["src"],
    publicHeadersPath: "include", cSettings: cSettings)
}

func swiftModule(_ name: String, dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(name)", resources: resources,
    swiftSettings: swiftSettings)
}

func tests(
  _ name: String, path: String? = nil, exclude: [String] = [], dependencies: [Target.Dependency],
  settings: [SwiftSetting] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: path ?? "Tests/\(name)", exclude: exclude,
    swiftSettings: testSettings + settings)
}

let package = Package(
  name: "latewrite",
  products: [
    .executable(name: "latewrite", targets: ["latewrite-cli"]),
    .library(name: "Latewrite", targets: ["Latewrite"]),
    .library(name: "LatewriteTesting", targets: ["LatewriteTesting"]),
    .library(name: "Exploration", targets: ["Exploration"]),
    .library(name: "OverlappedIO", targets: ["OverlappedIO"]),
    .library(name: "Proactor", targets: ["Proactor"]),
    .library(name: "AsyncProactor", targets: ["AsyncProactor"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    // C layers.
    cModule("CStack"),
    cModule("CSchedule"),
    cModule("CArena", dependencies: ["CSchedule", "CStack"]),
    cModule("CWin32", dependencies: ["CArena"]),
    cModule("COverlapped", dependencies: ["CWin32"]),
    // What tools/cc links to programs is more; this is what Swift code needs of it.
    .target(
      name: "CRuntime", dependencies: ["CArena"], path: "CShims/CRuntime",
      sources: [
        "src/atomic_points.c", "src/instrumented_points.c", "src/memory_points.c", "src/once_only.c",
        "src/posix_conditions.c", "src/posix_locks.c", "src/posix_time.c", "src/posix_waiters.c",
        "src/posix_waiting.c", "src/swift_callers.c", "src/swift_calls.c", "src/swift_mutex.c",
      ],
      publicHeadersPath: "include", cSettings: cSettings + [.define("LW_SERVES_SWIFT")]),

    // Swift layers.
    swiftModule("Latewrite", dependencies: ["CArena"]),
    swiftModule("Exploration", dependencies: ["Latewrite", "CRuntime"]),
    swiftModule("OverlappedIO", dependencies: ["Latewrite", "COverlapped"]),
    swiftModule(
      "Proactor",
      dependencies: [
        "OverlappedIO",
        .product(name: "Logging", package: "swift-log"),
      ]),
    swiftModule(
      "AsyncProactor", dependencies: ["Proactor", .product(name: "Logging", package: "swift-log")]),
    swiftModule(
      "CrashReports",
      dependencies: ["CArena", "Latewrite", .product(name: "Subprocess", package: "swift-subprocess")],
      resources: [.embedInCode("report-1.schema.json")]),
    swiftModule(
      "Harness",
      dependencies: [
        "Proactor", "CrashReports", "Exploration",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      resources: [.embedInCode("matrix.html")]),
    swiftModule("LatewriteTesting", dependencies: ["Latewrite", "CrashReports"]),
    .executableTarget(
      name: "latewrite-cli",
      dependencies: ["Harness", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Sources/latewrite-cli", swiftSettings: swiftSettings),

    // Examples.
    .executableTarget(
      name: "echo-server-example", dependencies: ["AsyncProactor", "OverlappedIO"], path: "Sources/EchoServerExample",
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "subprocess-example", dependencies: ["AsyncProactor"], path: "Sources/SubprocessExample",
      swiftSettings: swiftSettings),

    // Benchmarks, run by tools/bench.
    .executableTarget(
      name: "allocate-benchmark", dependencies: ["CArena"], path: "Sources/AllocateBenchmark", cSettings: cSettings),
    .executableTarget(
      name: "win32-benchmark", dependencies: ["CWin32"], path: "Sources/Win32Benchmark", cSettings: cSettings),
    .executableTarget(
      name: "wait-benchmark", dependencies: ["Harness"], path: "Sources/WaitBenchmark", swiftSettings: swiftSettings),
    .executableTarget(
      name: "explore-benchmark", dependencies: ["Harness", "Exploration"], path: "Sources/ExploreBenchmark",
      swiftSettings: swiftSettings),

    .target(
      name: "EchoLoad", path: "Sources/EchoLoad", sources: ["src"], publicHeadersPath: "include", cSettings: cSettings),
    .executableTarget(
      name: "echo-benchmark", dependencies: ["AsyncProactor", "EchoLoad"], path: "Sources/EchoBenchmark",
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "subprocess-benchmark",
      dependencies: ["AsyncProactor", .product(name: "Subprocess", package: "swift-subprocess")],
      path: "Sources/SubprocessBenchmark", swiftSettings: swiftSettings),

    // Tests, one folder per module.
    tests("CStackTests", dependencies: ["CStack"]),
    tests("CScheduleTests", exclude: ["programs"], dependencies: ["CSchedule"]),
    tests("CArenaTests", dependencies: ["CArena"]),
    tests("CWin32Tests", dependencies: ["CWin32"]),
    tests("COverlappedTests", dependencies: ["COverlapped"]),
    tests("LatewriteTests", dependencies: ["Latewrite", "LatewriteTesting"]),
    tests("ExplorationTests", dependencies: ["Exploration"]),
    // Every access to memory of this target is a scheduling point.
    tests(
      "MemoryPointsTests", dependencies: ["Exploration"],
      settings: [.unsafeFlags(["-Xfrontend", "-sanitize=thread"])]),
    tests("OverlappedIOTests", dependencies: ["OverlappedIO", "LatewriteTesting"]),
    tests("ProactorTests", dependencies: ["Proactor", "LatewriteTesting"]),
    tests(
      "AsyncProactorTests",
      dependencies: [
        "AsyncProactor", "Exploration", "LatewriteTesting", "echo-server-example", "subprocess-example",
        .product(name: "Logging", package: "swift-log"),
      ]),
    tests("CrashReportsTests", dependencies: ["CrashReports"]),
    tests("HarnessTests", dependencies: ["Harness", "Exploration"]),
    tests("LatewriteTestingTests", dependencies: ["LatewriteTesting"]),
    tests("CommandTests", exclude: ["programs"], dependencies: ["latewrite-cli"]),
    tests("StyleTests", dependencies: []),
    tests("Faults", exclude: ["programs"], dependencies: []),
    tests("Conformance", exclude: ["programs", "expected"], dependencies: []),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)

// tools/test builds for the sanitizers what runs under them: modules, not the programs that people run, nor what tests
// those or the sources, nor what is instrumented already.
if Context.environment["LATEWRITE_MODULES_ONLY"] != nil {
  let left: Set = ["latewrite-cli", "CommandTests", "StyleTests", "Faults", "Conformance", "MemoryPointsTests"]
  package.targets.removeAll { left.contains($0.name) || $0.name.hasSuffix("-benchmark") }
  package.products.removeAll { $0.name == "latewrite" }
}

// What tools/bench measures against is fetched and built only for it.
if Context.environment["LATEWRITE_BENCHMARKS"] != nil {
  package.dependencies.append(.package(url: "https://github.com/apple/swift-nio", from: "2.101.2"))
  package.targets.append(
    .executableTarget(
      name: "nio-echo-benchmark",
      dependencies: [
        "EchoLoad", .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Sources/NIOEchoBenchmark", swiftSettings: swiftSettings))
}
