// The operations that a proactor remembers: asyncio's dictionary, which is asked for an address with every packet and
// for its order only when it is closed. So the order is kept as numbers, and removing one moves no other.
//
// A table of its own: Swift's dictionary hashes against chosen keys, and these are addresses that nobody chooses. To
// find one took four times as long as all the rest of a look.

/// Operations by the address of their OVERLAPPED, in the order in which they were put in. Used on one thread.
final class OperationCache {
  private struct Remembered {
    let serial: UInt64
    let entry: ProactorEntry
  }

  /// A power of two of places, at most half of which are taken; 0 is a free one. An address is at its home or in the
  /// next ones, up to the first that is free.
  ///
  /// Unchecked, as is `operations`: nothing that happens in here calls anybody.
  @exclusivity(unchecked) private var addresses = [UInt](repeating: 0, count: 16)
  /// By place.
  @exclusivity(unchecked) private var operations = [Remembered?](repeating: nil, count: 16)
  private(set) var count = 0
  private var serial: UInt64 = 0

  var isEmpty: Bool { count == 0 }

  /// Puts one in; under an address that is in use it takes the place of who was there, who is returned.
  func insert(_ entry: consuming ProactorEntry, at address: UInt) -> ProactorEntry? {
    let place = find(address)
    if let former = unsafe operations[place] {
      unsafe operations[place] = Remembered(serial: former.serial, entry: entry)
      return former.entry
    }
    serial += 1
    unsafe addresses[place] = address
    unsafe operations[place] = Remembered(serial: serial, entry: entry)
    count += 1
    if unsafe 2 * count > addresses.count { grow() }
    return nil
  }

  func remove(at address: UInt) -> ProactorEntry? {
    let place = find(address)
    guard let removed = unsafe operations[place].take() else { return nil }
    count -= 1
    close(place)
    return removed.entry
  }

  /// All of them, oldest first.
  var inOrder: [(address: UInt, entry: ProactorEntry)] {
    unsafe zip(addresses, operations).compactMap { address, operation in operation.map { (address, $0) } }
      .sorted { $0.1.serial < $1.1.serial }.map { ($0.0, $0.1.entry) }
  }

  /// Where `address` is, or would be.
  private func find(_ address: UInt) -> Int {
    let mask = unsafe addresses.count - 1
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
    let mask = unsafe addresses.count - 1
    var free = free
    var place = (free + 1) & mask
    while unsafe addresses[place] != 0 {
      let distance = unsafe (place - home(of: addresses[place], mask)) & mask
      if distance >= (place - free) & mask {
        unsafe addresses[free] = addresses[place]
        unsafe operations.swapAt(free, place)
        free = place
      }
      place = (place + 1) & mask
    }
    unsafe addresses[free] = 0
  }

  private func grow() {
    let former = unsafe (addresses, operations)
    unsafe addresses = [UInt](repeating: 0, count: 2 * former.0.count)
    unsafe operations = [Remembered?](repeating: nil, count: 2 * former.0.count)
    for (address, operation) in zip(former.0, former.1) where address != 0 {
      let place = find(address)
      unsafe addresses[place] = address
      unsafe operations[place] = operation
    }
  }
}
