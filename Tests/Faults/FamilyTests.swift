// Objects of several processes where conformance programs cannot look: processes that are killed at any moment, what
// that leaves behind, and programs that are started one by one. And a thread that cannot be asked to stop.
import Foundation
import Testing

@Suite struct `Families of processes` {
  @Test func `What a killed process had begun is put back, and its lock is free`() throws {
    let place = try Workplace()
    let headers = "-I" + Workplace.root.appendingPathComponent("CShims/CWin32/src").path
    let outcome = try place.fault("family_killed_inside.c", compiler: [headers])
    #expect(outcome.errors == "")
    #expect(outcome.output == "ended 137\nevent 258\nsemaphore 0 0 258\nmutex 1 0\nnames 1\n")
  }

  @Test func `Children killed while they have mutexes leave nothing locked and no descriptor`() throws {
    let place = try Workplace()
    let outcome = try place.fault("family_kills.c", options: "exitcode=0")
    #expect(
      outcome.output == "all ended: 0\nfirst: 1\nsecond: 1\nreleases that failed: 0\nmore descriptors: 0\n",
      "\(outcome.errors)")
  }

  @Test func `Programs started one by one share names by their word, and outlive the one that came first`() throws {
    let place = try Workplace()
    let program = place.folder.appendingPathComponent("program").path
    let built = try place.compile([Workplace.program("family_word.c"), "-o", program, "-Wall", "-Werror"])
    #expect(built.status == 0, "\(built.errors)")
    let script = """
      mkfifo one two
      "$1" hold > one & first=$!
      exec 3< one; read line <&3; echo "$line"
      "$1" hold > two & second=$!
      exec 4< two; read line <&4; echo "$line"
      kill -9 $first; wait $first
      "$1" come
      read line <&4; echo "$line"
      wait $second; echo $?
      "$1" come
      LATEWRITE_NAMES= "$1" come
      """
    let outcome = try place.run(
      "/bin/sh", ["-c", script, "sh", program],
      environment: ["LATEWRITE_NAMES": UUID().uuidString, "LATEWRITE_OPTIONS": "exitcode=0"])
    #expect(
      outcome.output == "holds 0\nholds 183\ncomes 0\nreleased\n0\ncomes 2\ncomes 2\n", "\(outcome.errors)")
  }

  @Test func `A thread that has blocked all signals is not stopped, and whoever asks goes on`() throws {
    let place = try Workplace()
    let outcome = try place.fault("deaf_thread.c")
    #expect(outcome.output == "deaf: -1 error 50\nhearing: 0, resumed 1\ncode 1 4\n", "\(outcome.errors)")
  }
}
