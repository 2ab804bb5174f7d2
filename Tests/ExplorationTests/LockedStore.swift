// What scenarios lock by other means than this library's: Foundation, Dispatch and the C library.
import Dispatch
import Foundation

/// @unchecked: what is shared is guarded by the locks, or meant not to be.
final class LockedStore: @unchecked Sendable {
  let lock = NSLock()
  let other = NSLock()
  let again = NSRecursiveLock()
  let condition = NSCondition()
  let stage = NSConditionLock(condition: 0)
  let credits = DispatchSemaphore(value: 0)
  let raw: UnsafeMutablePointer<pthread_mutex_t> = .allocate(capacity: 1)
  let readers: UnsafeMutablePointer<pthread_rwlock_t> = .allocate(capacity: 1)
  var items: [String] = []
  var isReady = false

  init() {
    pthread_mutex_init(raw, nil)
    pthread_rwlock_init(readers, nil)
  }

  func produce(_ item: String) {
    condition.lock()
    items.append(item)
    condition.signal()
    condition.unlock()
  }

  func add(_ item: String) { lock.withLock { items.append(item) } }
}

/// Takes a lock and gives it back.
struct Door: Sendable {
  let name: String
  let enter: @Sendable (LockedStore) -> Void
  let leave: @Sendable (LockedStore) -> Void

  static let all = [
    Door(name: "NSLock", enter: { $0.other.lock() }, leave: { $0.other.unlock() }),
    Door(
      name: "NSRecursiveLock",
      enter: { store in
        store.again.lock()
        store.again.lock()
      },
      leave: { store in
        store.again.unlock()
        store.again.unlock()
      }),
    Door(name: "NSCondition", enter: { $0.condition.lock() }, leave: { $0.condition.unlock() }),
    Door(name: "pthread_mutex_t", enter: { pthread_mutex_lock($0.raw) }, leave: { pthread_mutex_unlock($0.raw) }),
    Door(
      name: "pthread_rwlock_t", enter: { pthread_rwlock_wrlock($0.readers) },
      leave: { pthread_rwlock_unlock($0.readers) }),
  ]
}
