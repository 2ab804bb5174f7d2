// The operations that a proactor remembers: asyncio's dictionary, which is asked for an address with every packet and
// for its order only when it is closed. So the order is kept as numbers, and removing one moves no other.
//
// A table of its own: Swift's dictionary hashes against chosen keys, and these are addresses that nobody chooses. To
// find one took four times as long as all the rest of a look.

/// Operations by the address of their OVERLAPPED, in the order in which they were put in. Used on one thread.
///
/// @safe: what is stored of it is reached here alone, place by place below `places`.
@safe final class OperationCache {
  private struct Remembered {
    let serial: UInt64
    let entry: ProactorEntry
  }

  /// How many places there are: a power of two, at most half of which are taken.
  private var places = 16
  /// By place; 0 is a free one. An address is at its home or in the next ones, up to the first that is free.
  @unsafe private var addresses: UnsafeMutablePointer<UInt>
  /// By place, there where the address is. In the memory behind the addresses.
  @unsafe private var operations: UnsafeMutablePointer<Remembered>
  private(set) var count = 0
  private var serial: UInt64 = 0

  init() { (unsafe addresses, unsafe operations) = unsafe Self.memory(for: places) }

  /// For `places`, all of them free. Given back by its addresses.
  @unsafe private static func memory(
    for places: Int
  ) -> (UnsafeMutablePointer<UInt>, UnsafeMutablePointer<Remembered>) {
    let (addressBytes, operationBytes) = (MemoryLayout<UInt>.stride, MemoryLayout<Remembered>.stride)
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: places * (addressBytes + operationBytes), alignment: MemoryLayout<Remembered>.alignment)
    return unsafe (
      memory.initializeMemory(as: UInt.self, repeating: 0, count: places),
      (memory + places * addressBytes).bindMemory(to: Remembered.self, capacity: places)
    )
  }

  deinit {
    for place in 0..<places where unsafe addresses[place] != 0 { unsafe (operations + place).deinitialize(count: 1) }
    unsafe addresses.deallocate()
  }

  var isEmpty: Bool { count == 0 }

  /// Puts one in; under an address that is in use it takes the place of who was there, who is returned.
  func insert(_ entry: consuming ProactorEntry, at address: UInt) -> ProactorEntry? {
    let place = find(address)
    if unsafe addresses[place] != 0 {
      let former = unsafe (operations + place).move()
      unsafe (operations + place).initialize(to: Remembered(serial: former.serial, entry: entry))
      return former.entry
    }
    serial += 1
    unsafe addresses[place] = address
    unsafe (operations + place).initialize(to: Remembered(serial: serial, entry: entry))
    count += 1
    if 2 * count > places { grow() }
    return nil
  }

  func remove(at address: UInt) -> ProactorEntry? {
    let place = find(address)
    guard unsafe addresses[place] != 0 else { return nil }
    let removed = unsafe (operations + place).move()
    count -= 1
    close(place)
    return removed.entry
  }

  /// All of them, oldest first.
  var inOrder: [(address: UInt, entry: ProactorEntry)] {
    (0..<places).filter { place in unsafe addresses[place] != 0 }
      .sorted { one, other in unsafe operations[one].serial < operations[other].serial }
      .map { place in unsafe (addresses[place], operations[place].entry) }
  }

  /// Where `address` is, or would be.
  private func find(_ address: UInt) -> Int {
    let mask = places - 1
    var place = home(of: address, mask)
    while unsafe addresses[place] != address && addresses[place] != 0 { place = (place + 1) & mask }
    return place
  }

  /// Multiplying spreads addresses, which are multiples of 64, over the upper bits.
  private func home(of address: UInt, _ mask: Int) -> Int {
    Int(truncatingIfNeeded: (address &* 0x9E37_79B9_7F4A_7C15) >> 40) & mask
  }

  /// The operation at `free` has been taken out: moves those that are behind it only because it was there.
  private func close(_ free: Int) {
    let mask = places - 1
    var free = free
    var place = (free + 1) & mask
    while unsafe addresses[place] != 0 {
      let distance = unsafe (place - home(of: addresses[place], mask)) & mask
      if distance >= (place - free) & mask {
        unsafe move(from: place, of: addresses, operations, to: free)
        free = place
      }
      place = (place + 1) & mask
    }
    unsafe addresses[free] = 0
  }

  private func grow() {
    let formerPlaces = places
    let former = unsafe (addresses: addresses, operations: operations)
    places *= 2
    (unsafe addresses, unsafe operations) = unsafe Self.memory(for: places)
    for place in 0..<formerPlaces where unsafe former.addresses[place] != 0 {
      unsafe move(from: place, of: former.addresses, former.operations, to: find(former.addresses[place]))
    }
    unsafe former.addresses.deallocate()
  }

  private func move(
    from place: Int, of formerAddresses: UnsafeMutablePointer<UInt>,
    _ formerOperations: UnsafeMutablePointer<Remembered>, to free: Int
  ) {
    unsafe addresses[free] = unsafe formerAddresses[place]
    unsafe (operations + free).moveInitialize(from: formerOperations + place, count: 1)
  }
}
