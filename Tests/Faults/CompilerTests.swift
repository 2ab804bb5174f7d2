// tools/cc itself: what it makes of Windows programs, and what it says when it cannot work.
import Foundation
import Testing

@Suite struct `The compiler front end` {
  @Test func `a Windows program has 32-bit long and 16-bit wide characters and prints as on Windows`() throws {
    let place = try Workplace()
    for optimization in ["-O0", "-O2"] {
      let path = place.folder.appendingPathComponent("text").path
      let built = try place.compile([
        Workplace.program("windows_text.c"), optimization, "-Wall", "-Wextra", "-Werror", "-o", path,
      ])
      #expect(built.status == 0, "\(built.errors)")
      let outcome = try place.run(path, ["zwölf"])
      #expect(outcome.errors == "")
      #expect(outcome.status == 0)
      #expect(
        outcome.output.split(separator: "\n") == [
          "4000000000 -3 4294967295 -1234567890123 -1234567890123 4 2",
          "[        -3] [5     ] [EE6B2800] [0xffffffff] [ 3.14] [    42]",
          "2147483647 2147483647 4294967295",
          "1099511627776 18446744073709551615",
          "18446744073709551615 FFFFFFFFFFFFFFFF",
          "6 1",
          "[narrow] [wïde] [ls] [ws] [  ten] [pr]",
          "wide narrow hs é 6",
          "abcé😀-12 9 9",
          "6 [abc]",
          "-1 0 6",
          "text",
          "-1 [12345] -1 [abc] 34 [] 0 [ab]",
          "9",
          "3 12 34 -5000000000",
          "2 zwölf",
        ])
    }
  }

  @Test func `long keeps its size in system headers and in programs that are not for Windows`() throws {
    let place = try Workplace()
    let text =
      "#include <stdio.h>\n#include <stdint.h>\n%@int main(void) { printf(\"%%zu %%zu %%zu\\n\", sizeof(long), "
      + "sizeof(int64_t), sizeof(size_t)); }\n"
    for (header, sizes) in [("", "8 8 8\n"), ("#include <windows.h>\n", "4 8 8\n")] {
      let source = try place.source("sizes.c", String(format: text, header))
      let path = place.folder.appendingPathComponent("sizes").path
      #expect(try place.compile([source, "-o", path]).status == 0)
      #expect(try place.run(path).output == sizes)
    }
  }

  @Test func `all files of a program agree about long when one of them is for Windows`() throws {
    let place = try Workplace()
    _ = try place.source("shared.h", "struct pair { long first; long second; };\nlong sum(struct pair *pair);\n")
    let one = try place.source(
      "one.c",
      "#include <windows.h>\n#include <stdio.h>\n#include \"shared.h\"\n"
        + "int main(void) { struct pair pair = {1, 2}; printf(\"%ld\\n\", sum(&pair)); }\n")
    let other = try place.source(
      "other.c", "#include \"shared.h\"\nlong sum(struct pair *pair) { return pair->first + pair->second; }\n")
    let path = place.folder.appendingPathComponent("sum").path
    #expect(try place.compile([one, other, "-o", path]).status == 0)
    #expect(try place.run(path).output == "3\n")
  }

  @Test func `a warning names the user's file and line and column`() throws {
    let place = try Workplace()
    let source = try place.source(
      "warned.c", "#include <windows.h>\nint main(void) {\n  unsigned long unused = 0xFFUL;\n  return 0;\n}\n")
    let outcome = try place.compile([source, "-Wall", "-o", place.folder.appendingPathComponent("warned").path])
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("\(source):3:17: warning: unused variable 'unused'"))
  }

  @Test func `a wide function that is not served is a compile error and no wrong result`() throws {
    let place = try Workplace()
    let source = try place.source(
      "unserved.c", "#include <windows.h>\n#include <wchar.h>\nint main(void) { return (int)wcsxfrm(0, L\"a\", 0); }\n")
    let outcome = try place.compile([source, "-o", place.folder.appendingPathComponent("unserved").path])
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("wcsxfrm"))
  }

  @Test(arguments: [
    ([String](), "cc: no C file was given; usage: tools/cc FILE.c... -o PROG [--memory-points] [cc options]"),
    (["missing.c", "-o", "p"], "cc: there is no file missing.c"),
    (["present.c"], "cc: -o PROG is missing; usage: tools/cc FILE.c... -o PROG [--memory-points] [cc options]"),
    (
      ["present.c", "-c", "-o", "p"],
      "cc: it links a program, so -c has no place here; "
        + "usage: tools/cc FILE.c... -o PROG [--memory-points] [cc options]"
    ),
    (
      ["present.c", "-o", "p", "--memory-points", "-fsanitize=thread"],
      "cc: the thread sanitizer watches loads and stores itself: leave --memory-points or -fsanitize=thread out"
    ),
  ]) func `wrong use is one sentence and exit code 64`(arguments: [String], sentence: String) throws {
    let place = try Workplace()
    _ = try place.source("present.c", "int main(void) {}\n")
    let outcome = try place.compile(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.errors == sentence + "\n")
  }

  @Test func `no compiler is one sentence and exit code 70`() throws {
    let place = try Workplace()
    let source = try place.source("present.c", "int main(void) {}\n")
    let outcome = try place.compile([source, "-o", "p"], environment: ["LATEWRITE_CLANG": "/nonexistent/clang"])
    #expect(outcome.status == 70)
    #expect(
      outcome.errors
        == "cc: there is no compiler at /nonexistent/clang: set LATEWRITE_CLANG to a clang of Swift 6.3 or later\n")
  }

  @Test func `missing headers of libunwind are one sentence and exit code 70`() throws {
    let place = try Workplace()
    let source = try place.source("present.c", "int main(void) {}\n")
    let script = try place.source("script", "#!/bin/sh\ncat >/dev/null\nexit 1\n")
    let compiler = place.folder.appendingPathComponent("clang").path
    // Written by another process: a child that another test starts while this one has it open keeps it "busy".
    #expect(try place.run("/usr/bin/install", [script, compiler]).status == 0)
    let outcome = try place.compile([source, "-o", "p"], environment: ["LATEWRITE_CLANG": compiler])
    #expect(outcome.status == 70)
    #expect(outcome.errors == "cc: libunwind's headers are missing: install libunwind-dev, then try again\n")
  }

  @Test(arguments: ["address", "thread"])
  func `a program goes through with a sanitizer`(sanitizer: String) throws {
    let place = try Workplace()
    let outcome = try place.fault("lw002.c", compiler: ["-fsanitize=\(sanitizer)"])
    #expect(outcome.status == 1)
    #expect(outcome.lines.contains { $0.hasPrefix("==PID==ERROR: Latewrite LW002 stale-write: ") })
    #expect(!outcome.errors.contains("Sanitizer"))
  }
}
