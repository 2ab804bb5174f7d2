// Points and events carry the names that traces and reports print.
import CSchedule
import Testing

@Suite struct PointTests {
  @Test func `Points and events have the names that traces print, each its own`() {
    let points = (0..<lw_point_kind.LW_POINT_COUNT.rawValue).map {
      String(cString: lw_point_name(.init(rawValue: $0)!))
    }
    let events = (0..<lw_event_kind.LW_EVENT_COUNT.rawValue).map {
      String(cString: lw_event_name(.init(rawValue: $0)!))
    }
    #expect(points.first == "lock" && points.last == "user")
    #expect(events.first == "alloc" && events.last == "future")
    #expect(Set(points).count == points.count && Set(events).count == events.count)
    #expect(String(cString: lw_point_name(.LW_POINT_COUNT)) == "unknown")
    #expect(String(cString: lw_event_name(.LW_EVENT_COUNT)) == "unknown")
  }
}
