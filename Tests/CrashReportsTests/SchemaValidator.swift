// As much of JSON Schema as report-1.schema.json uses; a keyword that it does not know is an error, so that the schema
// cannot outgrow it unnoticed.
import Foundation

struct SchemaValidator {
  let root: [String: Any]

  init(_ text: String) throws {
    root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }

  /// What is wrong with `value`, with the path to each place; empty when it is valid.
  func errors(_ value: Any) throws -> [String] { check(value, root, "$") }

  private func check(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
    schema.flatMap { keyword, rule -> [String] in
      switch (keyword, rule) {
      case ("$schema", _), ("$id", _), ("$defs", _), ("title", _), ("description", _): []
      case ("$ref", let name as String): check(value, definition(name), path)
      case ("anyOf", let choices as [[String: Any]]):
        choices.contains { check(value, $0, path).isEmpty } ? [] : ["\(path) fits no choice"]
      case ("const", let constant): equal(value, constant) ? [] : ["\(path) is not \(constant)"]
      case ("enum", let values as [Any]): values.contains { equal(value, $0) } ? [] : ["\(path) is none of \(values)"]
      case ("type", _): isOfType(value, rule) ? [] : ["\(path) is no \(rule)"]
      case ("minimum", let minimum as NSNumber):
        (value as? NSNumber).map { $0.compare(minimum) != .orderedAscending } ?? true
          ? [] : ["\(path) is below \(minimum)"]
      case ("pattern", let pattern as String):
        (value as? String).map { $0.range(of: pattern, options: .regularExpression) != nil } ?? true
          ? [] : ["\(path) does not match \(pattern)"]
      case ("required", let keys as [String]):
        (value as? [String: Any]).map { object in keys.filter { object[$0] == nil }.map { "\(path).\($0) is absent" } }
          ?? []
      case ("properties", let properties as [String: [String: Any]]):
        (value as? [String: Any])?.flatMap { key, member in
          properties[key].map { check(member, $0, "\(path).\(key)") } ?? []
        } ?? []
      case ("additionalProperties", false as Bool):
        (value as? [String: Any])?.keys.filter { (schema["properties"] as? [String: Any])?[$0] == nil }
          .map { "\(path).\($0) is not in the schema" } ?? []
      case ("items", let item as [String: Any]):
        (value as? [Any])?.enumerated().flatMap { check($0.element, item, "\(path)[\($0.offset)]") } ?? []
      default: ["\(path): the validator does not know \(keyword)"]
      }
    }
  }

  private func definition(_ reference: String) -> [String: Any] {
    let name = String(reference.dropFirst("#/$defs/".count))
    return (root["$defs"] as? [String: Any])?[name] as? [String: Any] ?? ["unknown definition \(name)": true]
  }

  private func isOfType(_ value: Any, _ rule: Any) -> Bool {
    guard let name = rule as? String else { return (rule as? [String])?.contains { isOfType(value, $0) } ?? false }
    return switch name {
    case "null": value is NSNull
    case "string": value is String
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "boolean": isBoolean(value)
    case "integer":
      !isBoolean(value) && (value as? NSNumber).map { $0.doubleValue.rounded() == $0.doubleValue } ?? false
    default: false
    }
  }

  private func isBoolean(_ value: Any) -> Bool {
    (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false
  }

  private func equal(_ left: Any, _ right: Any) -> Bool {
    (left as? NSObject).map { object in (right as? NSObject).map { object.isEqual($0) } ?? false } ?? false
  }
}
