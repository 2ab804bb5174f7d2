// Names that people type: found, or answered with what there is and what was probably meant.
internal import ArgumentParser

enum NameChoice {
  /// The one of `all` whose name is `typed`; otherwise the sentence to end with.
  static func find<Element>(
    _ typed: String, in all: [Element], kind: String, name: (Element) -> String
  ) throws -> Element {
    if let found = all.first(where: { name($0) == typed }) { return found }
    let names = all.map(name)
    let near = names.map { (name: $0, distance: distance(typed, $0)) }.min { $0.distance < $1.distance }
    let hint = near.flatMap { $0.distance <= max(2, typed.count / 3) ? " Did you mean '\($0.name)'?" : nil } ?? ""
    throw ValidationError("There is no \(kind) '\(typed)'.\(hint) There are: \(names.joined(separator: ", ")).")
  }

  /// How many letters must be changed, added or removed to make one word of the other.
  private static func distance(_ one: String, _ other: String) -> Int {
    let (one, other) = (Array(one.lowercased()), Array(other.lowercased()))
    var row = Array(0...other.count)
    for (i, left) in one.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in other.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (left == right ? 0 : 1))
        diagonal = above
      }
    }
    return row[other.count]
  }
}
