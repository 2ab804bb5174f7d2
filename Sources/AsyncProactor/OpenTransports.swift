// What is open at a loop, so that its end can close what everybody forgot.
internal import Proactor

/// The pipe ends and sockets that were opened and not closed.
struct OpenTransports {
  private var objects: [ObjectIdentifier: (serial: UInt64, object: PortObject)] = [:]
  private var serial: UInt64 = 0

  mutating func insert(_ object: PortObject) {
    serial += 1
    objects[ObjectIdentifier(object)] = (serial, object)
  }

  /// Forgets one that is about to be closed.
  mutating func remove(_ object: PortObject) { objects.removeValue(forKey: ObjectIdentifier(object)) }

  /// All of them, oldest first.
  mutating func takeAll() -> [PortObject] {
    defer { objects.removeAll() }
    return objects.values.sorted { $0.serial < $1.serial }.map(\.object)
  }
}
