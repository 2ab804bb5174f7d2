// Loading libunwind leaves the host program's own unwinding, C++ exceptions included, as it was.
import Foundation
import Testing

@Suite struct UnwinderTests {
  @Test func `A C++ exception is thrown and caught by the program's own runtime after the unwinder is loaded`() throws {
    let program = try CompiledProgram(
      language: .cxx,
      #"""
      extern "C" {
      #include "lw_stack.h"
      }
      #include <dlfcn.h>
      #include <execinfo.h>
      #include <cstdio>
      #include <cstring>
      #include <stdexcept>

      static int destroyed;
      struct Local { ~Local() { destroyed++; } };
      __attribute__((noinline)) static void throwing(int depth) {
        Local local;
        if (depth == 0) throw std::runtime_error("thrown");
        throwing(depth - 1);
      }
      static bool caught() {
        destroyed = 0;
        try { throwing(5); } catch (const std::runtime_error &error) {
          return destroyed == 6 && std::strcmp(error.what(), "thrown") == 0;
        }
        return false;
      }
      static void where(const char *name) {
        Dl_info info = {};
        dladdr(dlsym(RTLD_DEFAULT, name), &info);
        const char *base = std::strrchr(info.dli_fname, '/');
        std::printf("%s %s\n", name, base ? base + 1 : info.dli_fname);
      }
      int main() {
        bool before = caught();
        if (!lw_stack_prepare()) return 2;
        lw_stack_id id = lw_stack_capture(LW_STACKS_UNWIND);
        void *frames[8];
        int depth = backtrace(frames, 8);
        std::printf("%d %d %d %d\n", before, caught(), id != LW_STACK_NONE, depth >= 2);
        for (auto name : {"backtrace", "_Unwind_Backtrace", "_Unwind_RaiseException", "_Unwind_Resume"}) where(name);
      }
      """#)
    let result = try program.run()
    #expect(result.status == 0)
    #expect(
      result.output == """
        1 1 1 1
        backtrace libc.so.6
        _Unwind_Backtrace libgcc_s.so.1
        _Unwind_RaiseException libgcc_s.so.1
        _Unwind_Resume libgcc_s.so.1

        """)
  }

  @Test func `A program that has no unwinder of its own is given none`() throws {
    let program = try CompiledProgram(
      #"""
      #include "lw_stack.h"
      #include <dlfcn.h>
      #include <stdio.h>
      static const char *const names[] = {"_Unwind_Backtrace", "_Unwind_RaiseException", "unw_backtrace"};
      static void look(const char *when) {
        for (int i = 0; i < 3; i++) printf("%s %s %s\n", when, names[i], dlsym(RTLD_DEFAULT, names[i]) ? "found" : "-");
      }
      int main(void) {
        look("before");
        if (!lw_stack_prepare()) return 2;
        look("after");
        return 0;
      }
      """#)
    let result = try program.run()
    #expect(result.status == 0)
    #expect(
      result.output == """
        before _Unwind_Backtrace -
        before _Unwind_RaiseException -
        before unw_backtrace -
        after _Unwind_Backtrace -
        after _Unwind_RaiseException -
        after unw_backtrace -

        """)
  }

  @Test func `Without the library this is said once, and stacks are captured by frame pointers`() throws {
    let program = try CompiledProgram(
      #"""
      #include "lw_stack.h"
      #include <stdio.h>
      __attribute__((noinline)) static size_t depth(void) {
        uint64_t frames[LW_STACK_FRAMES_MAX];
        size_t count = lw_stack_frames(lw_stack_capture(LW_STACKS_UNWIND), frames, LW_STACK_FRAMES_MAX);
        __asm__ volatile("");
        return count;
      }
      int main(void) {
        printf("%s\n", lw_stack_degradation() ? "degraded" : "not prepared");
        bool first = lw_stack_prepare(), second = lw_stack_prepare();
        printf("%d %d %d %s\n", first, second, lw_stack_has_unwinder(), lw_stack_degradation());
        printf("%s\n", depth() >= 2 ? "captured" : "nothing");
      }
      """#)
    // A library of that name that is none, found first.
    try Data("no library".utf8).write(to: program.directory.appending(path: "libunwind.so.8"))
    let result = try program.run(environment: ["LD_LIBRARY_PATH": program.directory.path])
    let sentence =
      "libunwind.so.8 cannot be loaded: stacks are captured by frame pointers and end at code that has none"
    #expect(result.status == 0)
    #expect(result.output == "not prepared\n0 0 0 \(sentence)\ncaptured\n")
    #expect(result.errors == "latewrite: \(sentence)\n")
  }

  @Test func `The unwinder sees through code without frame pointers`() throws {
    let program = try CompiledProgram(
      options: ["-fomit-frame-pointer"],
      #"""
      #include "lw_stack.h"
      #include <dlfcn.h>
      #include <stdio.h>
      #include <stdlib.h>
      __attribute__((noinline)) int comparing(const void *a, const void *b) {
        uint64_t frames[LW_STACK_FRAMES_MAX];
        size_t count = lw_stack_frames(lw_stack_capture(LW_STACKS_UNWIND), frames, LW_STACK_FRAMES_MAX);
        for (size_t i = 0; i < count; i++) {
          Dl_info info = {0};
          dladdr((void *)(frames[i] - 1), &info);
          printf("%s\n", info.dli_sname ? info.dli_sname : "?");
        }
        return 0;
      }
      __attribute__((noinline)) void sorting(void) {
        int numbers[2] = {2, 1};
        qsort(numbers, 2, sizeof *numbers, comparing);
        __asm__ volatile("");
      }
      int main(void) {
        if (!lw_stack_prepare()) return 2;
        sorting();
        return 0;
      }
      """#)
    let result = try program.run()
    #expect(result.status == 0)
    let names = result.output.split(separator: "\n")
    #expect(names.first == "comparing" && names.contains("sorting") && names.contains("main"), "\(result.output)")
  }
}
