// The operations that a proactor remembers: asyncio's dictionary, which is asked for an address with every packet and
// for its order only when it is closed. So the order is kept as numbers, and removing one moves no other.

/// Operations by the address of their OVERLAPPED, in the order in which they were put in.
struct OperationCache {
  private var entries: [UInt: (serial: UInt64, entry: ProactorEntry)] = [:]
  private var serial: UInt64 = 0

  var count: Int { entries.count }
  var isEmpty: Bool { entries.isEmpty }

  /// Puts one in; under an address that is in use it takes the place of who was there, who is returned.
  mutating func insert(_ entry: ProactorEntry, at address: UInt) -> ProactorEntry? {
    serial += 1
    guard let former = entries.updateValue((serial, entry), forKey: address) else { return nil }
    entries[address]?.serial = former.serial
    return former.entry
  }

  mutating func remove(at address: UInt) -> ProactorEntry? { entries.removeValue(forKey: address)?.entry }

  /// All of them, oldest first.
  var inOrder: [(address: UInt, entry: ProactorEntry)] {
    entries.sorted { $0.value.serial < $1.value.serial }.map { ($0.key, $0.value.entry) }
  }
}
