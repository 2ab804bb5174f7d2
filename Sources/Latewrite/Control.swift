// Whether somebody decides about the order of this process's threads, and does not know the calling one.
internal import CSchedule

/// The session of a controller, as the layers above see it.
package enum Control {
  /// A session has begun, and the calling thread is not one of those that it orders: what this thread does cannot be
  /// repeated.
  package static var isOutside: Bool { lw_control_is_on() && !lw_control_is_member() }
}
