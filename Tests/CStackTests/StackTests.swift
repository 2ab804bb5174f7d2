// Captured stacks begin at the caller, are interned, and have an answer when the depot is full.
import CStack
import Glibc
import Testing

// The functions that tests look for in stacks. Each keeps its frame: it is not inlined and does not end in its call.

@inline(never) private func captureHere(_ method: lw_stack_method) -> lw_stack_id {
  let id = lw_stack_capture(method)
  keepFrame()
  return id
}

/// Not the same code as above, or the optimiser makes one function of the two.
@inline(never) private func captureElsewhere(_ method: lw_stack_method) -> lw_stack_id {
  keepFrame()
  let id = lw_stack_capture(method)
  keepFrame()
  return id
}

@inline(never) private func captureBelow(_ levels: Int, _ method: lw_stack_method) -> lw_stack_id {
  let id = levels == 0 ? captureHere(method) : captureBelow(levels - 1, method)
  keepFrame()
  return id
}

@inline(never) private func keepFrame() { _ = getppid() }

@inline(never) private func keptFromTheOptimiser(_ value: Int) -> Int { getppid() < 0 ? 0 : value }

func frames(of id: lw_stack_id, limit: Int = Int(LW_STACK_FRAMES_MAX)) -> [UInt64] {
  [UInt64](unsafeUninitializedCapacity: max(limit, 1)) { buffer, count in
    count = lw_stack_frames(id, buffer.baseAddress!, limit)
  }
}

private let methods: [lw_stack_method] = [.LW_STACKS_FRAME_POINTERS, .LW_STACKS_UNWIND]

extension lw_stack_method: @retroactive CustomStringConvertible {
  /// As test arguments are shown.
  public var description: String { self == .LW_STACKS_UNWIND ? "unwinder" : "frame pointers" }
}

@Suite struct StackTests {
  init() { #expect(lw_stack_prepare()) }

  @Test(arguments: methods) func `Equal stacks have equal numbers, others have others`(_ method: lw_stack_method) {
    let ids = (0..<100).map { _ in captureHere(method) }
    #expect(Set(ids).count == 1)
    #expect(ids[0] != LW_STACK_NONE && ids[0] != LW_STACK_LOST)
    #expect(captureElsewhere(method) != ids[0])
    #expect(frames(of: captureElsewhere(method)).first != frames(of: ids[0]).first)
  }

  @Test(arguments: methods) func `Every call adds a frame, up to the limit`(_ method: lw_stack_method) {
    // Swift Testing's own frames below fill the stack; a thread of its own shows the depth exactly.
    let depths = onThread { [0, 1, 5, 200].map { frames(of: captureBelow($0, method)).count } }
    #expect(depths[1] == depths[0] + 1)
    #expect(depths[2] == depths[0] + 5)
    #expect(depths[3] == Int(LW_STACK_FRAMES_MAX))
  }

  @Test(arguments: methods) func `Recursion shows as the same return address`(_ method: lw_stack_method) {
    let recursive = frames(of: captureBelow(6, method))
    #expect(recursive.count >= 8)
    #expect(Set(recursive[2...6]).count == 1)
    #expect(recursive[1] != recursive[2])
  }

  @Test func `Both methods see the same innermost callers`() {
    // One call site for both, so the return addresses are the same.
    let stacks = methods.map { frames(of: captureBelow(3, $0)) }
    #expect(stacks[0][1...4] == stacks[1][1...4])
  }

  @Test func `Nothing is captured when stacks are off, and no number has frames that was not given out`() {
    #expect(lw_stack_capture(.LW_STACKS_OFF) == LW_STACK_NONE)
    for id in [LW_STACK_NONE, LW_STACK_LOST, 0xFFFF_FFFE] { #expect(frames(of: id).isEmpty) }
    #expect(!lw_stack_first_is_exact(LW_STACK_LOST))
  }

  @Test func `Only as many frames are copied as there is room for`() {
    let id = captureBelow(5, .LW_STACKS_FRAME_POINTERS)
    #expect(frames(of: id, limit: 3) == Array(frames(of: id).prefix(3)))
    #expect(frames(of: id, limit: 0).isEmpty)
    #expect(!lw_stack_first_is_exact(id))
  }

  @Test func `Threads that intern the same stacks at once agree on their numbers`() {
    let perThread = (0..<4).map { _ in
      StartedThread { (0..<28).map { captureBelow($0, .LW_STACKS_FRAME_POINTERS) } }
    }
    let results = perThread.map { $0.join() }
    // The callers of the closure differ in nothing: all threads start in the same place.
    for result in results { #expect(result == results[0]) }
    #expect(Set(results[0]).count == 28)
  }

  @Test func `The depot counts stacks and words`() {
    let before = lw_stack_depot()
    let id = onThread { captureBelow(17, .LW_STACKS_UNWIND) }
    let after = lw_stack_depot()
    #expect(after.stacks > before.stacks)
    #expect(after.words_used >= before.words_used + UInt64(frames(of: id).count))
    #expect(after.words_used <= after.words_capacity)
    #expect(!lw_stack_depot_limit(1_000), "too late: there has been a capture")
  }

  @Test func `A full depot loses new stacks, says so once, and still finds known ones`() async throws {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      #expect(lw_stack_depot_limit(200))
      let passes = onThread {
        // The optimiser must not unroll this loop: the two passes are to have the same call sites.
        (0..<keptFromTheOptimiser(2)).map { _ in (0..<28).map { captureBelow($0, .LW_STACKS_FRAME_POINTERS) } }
      }
      let lost = passes[0].count { $0 == LW_STACK_LOST }
      #expect(lost > 10 && lost < 28)
      #expect(passes[1] == passes[0], "known stacks are found, lost ones stay lost")
      #expect(!passes[0].contains(LW_STACK_NONE))
      #expect(frames(of: passes[0][0]).count > 2)
      let depot = lw_stack_depot()
      #expect(depot.lost == 2 * UInt64(lost) && depot.stacks == 28 - UInt64(lost))
      #expect(depot.words_used <= 200 && depot.words_capacity == 200)
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(
      text == "latewrite: the depot of stacks is full: new stacks are lost from now on, known ones are still found\n")
  }

  @Test func `Loading the unwinder leaves the program's own unwinding alone`() throws {
    #expect(lw_stack_has_unwinder())
    #expect(lw_stack_degradation() == nil)
    // Whose they are exactly, the compiled program of UnwinderTests tells; sanitizers put their own before them here.
    for name in ["backtrace", "_Unwind_Backtrace", "_Unwind_RaiseException", "_Unwind_Resume"] {
      let address = UInt64(UInt(bitPattern: try #require(dlsym(nil, name), "\(name)")))
      let home = try #require(loadedImages().first { $0.start <= address && address < $0.end })
      #expect(!path(of: home).contains("unwind"), "\(name)")
    }
    #expect(loadedImages().contains { path(of: $0).contains("/libunwind.so.8") })
  }

  @Test func `The images hold this program's code, the C library and its build id`() throws {
    var images = loadedImages()
    #expect(images.count > 3 && images.count < 512)
    let code = frames(of: captureHere(.LW_STACKS_FRAME_POINTERS))[0]
    let own = images.filter { $0.start <= code && code < $0.end }
    #expect(own.count == 1)
    #expect(path(of: own[0]).hasPrefix("/"))
    let libc = try #require(images.first { path(of: $0).contains("/libc.so") })
    #expect(libc.build_id_bytes == UInt32(LW_IMAGE_BUILD_ID_BYTES))
    #expect(libc.base != 0 && libc.start > libc.base && libc.end > libc.start)
    #expect(images.contains { path(of: $0) == "[vdso]" })
    #expect(lw_images(&images, 2) == 2)
  }
}

private func loadedImages() -> [lw_image] {
  var images = [lw_image](repeating: lw_image(), count: 512)
  images.removeSubrange(lw_images(&images, images.count)...)
  return images
}

private func path(of image: lw_image) -> String {
  withUnsafeBytes(of: image.path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
