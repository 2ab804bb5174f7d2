// RtlNtStatusToDosError: statuses of files, pipes, sockets and processes, and sums over whole ranges.
#include <stdio.h>
#include <windows.h>
#include <winternl.h>

static void sum(DWORD start, DWORD count) {
  DWORD total = 0, unknown = 0;
  for (DWORD i = 0; i < count; i++) {
    DWORD error = RtlNtStatusToDosError((NTSTATUS)(start + i));
    total = total * 31 + error;
    unknown += error == 317;
  }
  printf("%08lx: %lu unknown, sum %08lx\n", start, unknown, total);
}

int main(void) {
  static const DWORD statuses[] = {
      0,          0x80,       0xC0,       0x102,      0x103,      0x40000000, 0x80000005, 0x80000006, 0x8000001A,
      0xC0000001, 0xC0000002, 0xC0000003, 0xC0000004, 0xC0000005, 0xC0000008, 0xC000000D, 0xC000000F, 0xC0000010,
      0xC0000011, 0xC0000017, 0xC0000018, 0xC000001D, 0xC0000022, 0xC0000023, 0xC0000024, 0xC0000033, 0xC0000034,
      0xC0000035, 0xC000003A, 0xC000003B, 0xC0000043, 0xC0000046, 0xC0000047, 0xC0000054, 0xC0000055, 0xC0000056,
      0xC0000061, 0xC000007B, 0xC000007E, 0xC000007F, 0xC0000094, 0xC000009A, 0xC00000AB, 0xC00000AC, 0xC00000AD,
      0xC00000AE, 0xC00000B0, 0xC00000B1, 0xC00000B2, 0xC00000B3, 0xC00000B5, 0xC00000BA, 0xC00000BB, 0xC00000C9,
      0xC00000CC, 0xC00000D4, 0xC00000D9, 0xC00000E8, 0xC00000FD, 0xC0000101, 0xC0000102, 0xC0000103, 0xC000010A,
      0xC000011F, 0xC0000120, 0xC0000121, 0xC0000123, 0xC0000128, 0xC000013A, 0xC000013B, 0xC000014B, 0xC0000185,
      0xC0000194, 0xC0000207, 0xC000020A, 0xC000020C, 0xC000020D, 0xC0000225, 0xC0000236, 0xC0000237, 0xC000023A,
      0xC0000240, 0xC0000241, 0xC0000243, 0xC0000374, 0xC000070A, 0xD0000022, 0xD0070057, 0xC0070005, 0x80070005,
      0xC0010020, 0xE0001234, 0x20001234, 0x12345678};
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
    ULONG error = RtlNtStatusToDosError((NTSTATUS)statuses[i]);
    printf("%08lx %lu\n", statuses[i], error);
  }
  sum(0, 0x140);
  sum(0x40000000, 0x34);
  sum(0x80000000, 0x31);
  sum(0xC0000000, 0x2EE);
  return 0;
}
