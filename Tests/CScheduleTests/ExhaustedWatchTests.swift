// Watches whose owners say that a descriptor is exhausted: arming them asks nobody, and no change may be missed.
import CSchedule
import Glibc
import Testing

@Suite struct ExhaustedWatchTests {
  @Test func `What was exhausted is armed for the next change, and not for what is there already`() throws {
    try onWatcher {
      let signal = Signal()
      let (observation, later) = (Observation(), Observation())
      let other = Signal()
      let watch = try #require(observation.open(signal.reading))
      lw_watch_arm(watch.handle, UInt32(LW_READABLE))
      signal.raise()
      parkUntil { observation.calls.value == 1 }
      #expect(!lw_watch_is_exhausted(watch.handle, UInt32(LW_READABLE)))
      // It is readable, and the watch takes its owner's word that it is not.
      lw_watch_exhausted(watch.handle, UInt32(LW_READABLE), lw_watch_changes(watch.handle))
      #expect(lw_watch_is_exhausted(watch.handle, UInt32(LW_READABLE)))
      lw_watch_arm(watch.handle, UInt32(LW_READABLE))
      let laterWatch = try #require(later.watch(other))
      other.raise()
      parkUntil { later.calls.value == 1 }
      laterWatch.end()
      #expect(observation.calls.value == 1)
      signal.raise()
      parkUntil { observation.calls.value == 2 }
      #expect(!lw_watch_is_exhausted(watch.handle, UInt32(LW_READABLE)))
      watch.end()
    }
  }

  @Test func `Who found it exhausted before a change that was told since is not believed`() throws {
    try onWatcher {
      let signal = Signal()
      let observation = Observation()
      let watch = try #require(observation.open(signal.reading))
      lw_watch_arm(watch.handle, UInt32(LW_READABLE))
      let before = lw_watch_changes(watch.handle)
      signal.raise()
      parkUntil { observation.calls.value == 1 }
      lw_watch_exhausted(watch.handle, UInt32(LW_READABLE), before)
      #expect(!lw_watch_is_exhausted(watch.handle, UInt32(LW_READABLE)))
      lw_watch_arm(watch.handle, UInt32(LW_READABLE))
      parkUntil { observation.calls.value == 2 }
      watch.end()
    }
  }

  @Test func `What has ended, or has an urgent byte, is never exhausted`() throws {
    try onWatcher {
      for isUrgent in [false, true] {
        let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let sending = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        withUnsafeMutablePointer(to: &name) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
            #expect(bind(listener, name, length) == 0 && listen(listener, 1) == 0)
            #expect(getsockname(listener, name, &length) == 0 && connect(sending, name, length) == 0)
          }
        }
        let receiving = accept(listener, nil, nil)
        let observation = Observation()
        let watch = try #require(observation.open(receiving))
        // More than the urgent byte, which alone lets nobody read.
        var bytes: [UInt8] = [1, 2]
        if isUrgent {
          #expect(send(sending, &bytes, 2, CInt(MSG_OOB)) == 2)
        } else {
          close(sending)
        }
        lw_watch_arm(watch.handle, UInt32(LW_READABLE))
        parkUntil { observation.calls.value == 1 }
        lw_watch_exhausted(watch.handle, UInt32(LW_READABLE), lw_watch_changes(watch.handle))
        #expect(!lw_watch_is_exhausted(watch.handle, UInt32(LW_READABLE)))
        watch.end()
        if isUrgent { close(sending) }
        close(receiving)
        close(listener)
      }
    }
  }
}
