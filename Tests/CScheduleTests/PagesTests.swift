// The project's own memory: zeroed pages, and pools whose objects are never unmapped.
import CSchedule
import Testing

/// A pool at a fixed address, for objects of a given size.
private final class Pool: @unchecked Sendable {
  // @unchecked: the pool has its own lock.
  let pointer = UnsafeMutablePointer<lw_pool>.allocate(capacity: 1)
  init(objectBytes: UInt32) {
    pointer.initialize(to: lw_pool())
    pointer.pointee.object_bytes = objectBytes
  }
  deinit { pointer.deallocate() }
  func take() -> UnsafeMutableRawPointer { lw_pool_take(pointer)! }
  func give(_ object: UnsafeMutableRawPointer) { lw_pool_give(pointer, object) }
}

@Suite struct PagesTests {
  @Test func `Pages are zeroed, writable and not of a wrong size`() {
    let bytes = 3 * 4_096 + 1
    let pages = lw_pages_reserve(bytes)!
    let contents = UnsafeMutableRawBufferPointer(start: pages, count: bytes)
    #expect(contents.allSatisfy { $0 == 0 })
    contents.initializeMemory(as: UInt8.self, repeating: 0xAA)
    #expect(UInt(bitPattern: pages) % 4_096 == 0)
    lw_pages_release(pages, bytes)
  }

  @Test func `More pages than the system has are refused`() {
    #expect(lw_pages_reserve(1 << 60) == nil)
  }

  @Test func `Objects of a pool are apart, aligned and zeroed`() {
    let pool = Pool(objectBytes: 40)
    let objects = (0..<10_000).map { _ in pool.take() }
    let sorted = objects.sorted { UInt(bitPattern: $0) < UInt(bitPattern: $1) }
    #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $1 - $0 >= 40 })
    #expect(objects.allSatisfy { UInt(bitPattern: $0) % 16 == 0 })
    for object in objects { object.initializeMemory(as: UInt8.self, repeating: 0xFF, count: 40) }
    for object in objects { pool.give(object) }
    let again = (0..<10_000).map { _ in pool.take() }
    #expect(Set(again) == Set(objects), "memory is used again before new is asked for")
    #expect(again.allSatisfy { UnsafeRawBufferPointer(start: $0, count: 40).allSatisfy { $0 == 0 } })
  }

  @Test func `An object that was given back keeps its contents until it is taken`() {
    let pool = Pool(objectBytes: 32)
    let object = pool.take()
    object.initializeMemory(as: UInt8.self, repeating: 0x5A, count: 32)
    pool.give(object)
    #expect(UnsafeRawBufferPointer(start: object, count: 32).allSatisfy { $0 == 0x5A })
    #expect(pool.take() == object)
  }

  @Test func `Objects larger than a chunk come too`() {
    let pool = Pool(objectBytes: 200_000)
    let (one, two) = (pool.take(), pool.take())
    one.initializeMemory(as: UInt8.self, repeating: 1, count: 200_000)
    #expect(UnsafeRawBufferPointer(start: two, count: 200_000).allSatisfy { $0 == 0 })
  }

  @Test func `Threads that take and give at once never hold the same object`() {
    let pool = Pool(objectBytes: 8)
    let clashes = Counter()
    let threads = (1...4).map { index in
      RunningThread("taker-\(index)") {
        for _ in 0..<20_000 {
          let object = pool.take().assumingMemoryBound(to: Int.self)
          object.pointee += index
          if object.pointee != index { clashes.add() }
          pool.give(UnsafeMutableRawPointer(object))
        }
      }
    }
    threads.forEach { $0.join() }
    #expect(clashes.value == 0)
  }
}
