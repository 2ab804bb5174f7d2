// Stacks taken in signal handlers, from the context that was interrupted.
import Testing

/// Prints each capture as a line of function names: its label, "exact" when the first frame is, then the frames.
private let printer = #"""
  #include "lw_stack.h"
  #include <dlfcn.h>
  #include <pthread.h>
  #include <signal.h>
  #include <stdio.h>
  #include <stdlib.h>
  #include <string.h>
  #include <sys/mman.h>
  #include <ucontext.h>
  #include <unistd.h>

  __attribute__((unused)) static void show(const char *label, lw_stack_id id) {
    uint64_t frames[LW_STACK_FRAMES_MAX];
    size_t count = lw_stack_frames(id, frames, LW_STACK_FRAMES_MAX);
    int exact = lw_stack_first_is_exact(id);
    printf("%s:%s", label, exact ? " exact" : "");
    for (size_t i = 0; i < count; i++) {
      Dl_info info = {0};
      dladdr((void *)(frames[i] - (exact && i == 0 ? 0 : 1)), &info);
      printf(" %s", info.dli_sname ? info.dli_sname : "?");
    }
    printf("\n");
    fflush(stdout);
  }
  // Calls `callee` with a base pointer of the caller's choice, as code without frame pointers does.
  void with_base_pointer(uintptr_t base_pointer, void (*callee)(void));
  __asm__(".globl with_base_pointer\n.type with_base_pointer, @function\nwith_base_pointer:\n"
          "push %rbp\nmov %rdi, %rbp\ncall *%rsi\npop %rbp\nret\n.size with_base_pointer, .-with_base_pointer\n");
  #define KEEP_FRAME() __asm__ volatile("" ::: "memory")
  #define NOINLINE __attribute__((noinline))

  """#

@Suite struct SignalTests {
  @Test(arguments: ["unwinder", "frame pointers"])
  func `A fault is captured from the signal context, on a signal stack, to its first instruction`(
    _ method: String
  ) throws {
    let program = try CompiledProgram(
      printer + #"""
        static volatile int *refused;
        static void on_fault(int number, siginfo_t *info, void *context) {
          show("fault", lw_stack_capture_context(context));
          ucontext_t *c = context;
          uint64_t first;
          lw_stack_frames(lw_stack_capture_context(context), &first, 1);
          printf("pc %s\n", first == (uint64_t)c->uc_mcontext.gregs[REG_RIP] ? "equal" : "different");
          fflush(stdout);
          _exit(info->si_addr == (void *)refused ? 0 : 1);
        }
        NOINLINE void faulting(void) { *refused = 1; KEEP_FRAME(); }
        NOINLINE void calling(void) { faulting(); KEEP_FRAME(); }
        static void *thread(void *argument) {
          char *stack = mmap(0, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
          sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = 1 << 16}, 0);
          calling();
          return argument;
        }
        int main(int count, char **arguments) {
          if (count > 1 && !lw_stack_prepare()) return 2;
          refused = mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
          struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
          sigaction(SIGSEGV, &action, 0);
          pthread_t t;
          pthread_create(&t, 0, thread, 0);
          pthread_join(t, 0);
          return 3;
        }
        """#)
    let result = method == "unwinder" ? try program.run("prepared") : try program.run()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("fault: exact faulting calling "), "\(result.output)")
    #expect(result.output.hasSuffix("pc equal\n"))
  }

  @Test func `A handler's own stack goes on through the signal to the interrupted code`() throws {
    let program = try CompiledProgram(
      printer + #"""
        NOINLINE void capturing(const char *label, lw_stack_method method) {
          show(label, lw_stack_capture(method));
          KEEP_FRAME();
        }
        void on_signal(int number, siginfo_t *info, void *context) {
          capturing("fp", LW_STACKS_FRAME_POINTERS);
          capturing("unwind", LW_STACKS_UNWIND);
          show("context", lw_stack_capture_context(context));
        }
        NOINLINE void raising(void) { raise(SIGUSR1); KEEP_FRAME(); }
        NOINLINE void on_both_kinds_of_stack(void) {
          struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
          sigaction(SIGUSR1, &action, 0);
          raising();
          char *stack = mmap(0, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
          sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = 1 << 16}, 0);
          action.sa_flags |= SA_ONSTACK;
          sigaction(SIGUSR1, &action, 0);
          raising();
        }
        int main(void) {
          if (!lw_stack_prepare()) return 2;
          on_both_kinds_of_stack();
          return 0;
        }
        """#)
    let result = try program.run()
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 6)
    for (line, label) in zip(lines, ["fp", "unwind", "context", "fp", "unwind", "context"]) {
      let names = line.split(separator: " ").map(String.init)
      #expect(names.first == label + ":")
      // Without frame pointers in the C library the chain may leave out the frame that called into it.
      #expect(names.contains("on_both_kinds_of_stack") && names.contains("main"), "\(line)")
      if label == "context" {
        #expect(names[1] == "exact")
      } else {
        #expect(names[1] == "capturing" && names[2] == "on_signal", "\(line)")
      }
      if label != "fp" { #expect(names.contains("raising"), "\(line)") }
    }
  }

  @Test(arguments: ["unwinder", "frame pointers"])
  func `Base pointers that point to no frame end the walk and never the program`(_ method: String) throws {
    let program = try CompiledProgram(
      options: ["-fomit-frame-pointer"],
      printer + #"""
        static unsigned captures, empty;
        static void count(lw_stack_id id) {
          uint64_t frames[LW_STACK_FRAMES_MAX];
          captures++;
          if (lw_stack_frames(id, frames, LW_STACK_FRAMES_MAX) == 0) empty++;
        }
        static void capture(void) { count(lw_stack_capture(LW_STACKS_FRAME_POINTERS)); }
        static void on_signal(int number, siginfo_t *info, void *context) { count(lw_stack_capture_context(context)); }
        static void interrupt(void) { raise(SIGUSR1); KEEP_FRAME(); }
        static void capture_with(uintptr_t base_pointer) {
          with_base_pointer(base_pointer, capture);
          with_base_pointer(base_pointer, interrupt);
        }
        static void *all(void *guarded) {
          // Three pages, of which only the one in the middle can be read.
          uintptr_t middle = (uintptr_t)guarded + 4096, here = (uintptr_t)__builtin_frame_address(0);
          uintptr_t wrong[] = {0, 1, 8, 4096, middle - 8, middle, middle + 4080, middle + 4084, middle + 4088,
                               middle + 4092, middle + 4096, (uintptr_t)&all, (uintptr_t)1 << 47, UINTPTR_MAX,
                               UINTPTR_MAX - 15};
          for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) capture_with(wrong[i]);
          // Below the stack's pages, on it, at every offset near this frame, and beyond its end.
          for (long distance = -(16l << 20); distance <= 16l << 20; distance += 12345) capture_with(here + distance);
          for (long distance = -512; distance <= 4096; distance++) capture_with(here + distance);
          return 0;
        }
        int main(int arguments, char **argument) {
          if (arguments > 1 && !lw_stack_prepare()) return 2;
          char *guarded = mmap(0, 3 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
          mprotect(guarded + 4096, 4096, PROT_READ | PROT_WRITE);
          memset(guarded + 4096, 0x41, 4096);
          struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
          sigaction(SIGUSR1, &action, 0);
          all(guarded);
          pthread_t t;
          pthread_create(&t, 0, all, guarded);
          pthread_join(t, 0);
          printf("%s, %u empty\n", captures > 20000 ? "all captured" : "too few", empty);
          return 0;
        }
        """#)
    let result = method == "unwinder" ? try program.run("prepared") : try program.run()
    #expect(result.status == 0)
    #expect(result.output == "all captured, 0 empty\n")
  }

  @Test func `A stack that only the program knows is walked to its end and not beyond`() throws {
    let program = try CompiledProgram(
      printer + #"""
        NOINLINE void inner(void) { show("coroutine", lw_stack_capture(LW_STACKS_FRAME_POINTERS)); KEEP_FRAME(); }
        NOINLINE void outer(void) { inner(); KEEP_FRAME(); }
        static ucontext_t back, there;
        static char *stack;
        // The chain leads into the guard behind the stack, where a load would be a fault.
        static void entry(void) {
          with_base_pointer((uintptr_t)stack + 5 * 4096 + 64, outer);
          swapcontext(&there, &back);
        }
        int main(void) {
          stack = mmap(0, 6 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
          mprotect(stack + 4096, 4 * 4096, PROT_READ | PROT_WRITE);
          getcontext(&there);
          there.uc_stack.ss_sp = stack + 4096;
          there.uc_stack.ss_size = 4 * 4096;
          makecontext(&there, entry, 0);
          swapcontext(&back, &there);
          return 0;
        }
        """#)
    let result = try program.run()
    #expect(result.status == 0)
    #expect(result.output == "coroutine: inner outer with_base_pointer\n")
  }
}
