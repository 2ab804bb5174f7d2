// Where a thread of a scenario stands, as a line of its source: what the scenario said itself, or what the process's
// own symbols say of an address in its code, where accesses to memory are points.
internal import CSchedule
internal import Latewrite

/// Names of places, each of which is looked up once. Used by one thread at a time.
final class PlaceNames {
  private var known: [UInt64: String] = [:]

  /// "Module/File.swift:12" for each of `places` that is known.
  func of(_ places: some Sequence<UInt64>) -> [UInt64: String] {
    let asked = Set(places).subtracting([0])
    let new = asked.filter { known[$0] == nil }
    let lines = SourceLine.ofCode(at: Set(new.map(lw_place_code)).subtracting([0]))
    for place in new {
      if let file = unsafe lw_place_file(place) {
        known[place] = unsafe "\(String(cString: file)):\(lw_place_line(place))"
      } else {
        known[place] = lines[lw_place_code(place)]?.description ?? ""
      }
    }
    return known.filter { asked.contains($0.key) && !$0.value.isEmpty }
  }
}
