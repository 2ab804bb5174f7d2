// The Interlocked functions: what each returns and leaves, and that no increment is lost between threads.
#include <stdio.h>
#include <windows.h>

static volatile LONG shared;
static volatile LONG64 shared64;
static PVOID volatile slot;

static DWORD WINAPI adds(LPVOID parameter) {
  (void)parameter;
  for (int i = 0; i < 20000; i++) {
    InterlockedIncrement(&shared);
    InterlockedExchangeAdd64(&shared64, 3);
  }
  return 0;
}

static void small_and_bits(void) {
  SHORT small = 0x7fff;
  SHORT small_result = InterlockedIncrement16(&small);
  printf("16: increment returned %d", small_result);
  small_result = InterlockedDecrement16(&small);
  printf(", decrement %d\n", small_result);
  LONG value = 8;
  BOOLEAN bit = InterlockedBitTestAndSet(&value, 31);
  printf("bits: %d", bit);
  bit = InterlockedBitTestAndSet(&value, 3);
  printf(" %d", bit);
  bit = InterlockedBitTestAndReset(&value, 3);
  printf(" %d left %lx\n", bit, value);
}

int main(void) {
  LONG value = 10, result;
  result = InterlockedIncrement(&value);
  printf("increment: returned %ld left %ld\n", result, value);
  result = InterlockedDecrement(&value);
  printf("decrement: returned %ld left %ld\n", result, value);
  result = InterlockedExchange(&value, 20);
  printf("exchange: returned %ld left %ld\n", result, value);
  result = InterlockedExchangeAdd(&value, -25);
  printf("exchange add: returned %ld left %ld\n", result, value);
  result = InterlockedCompareExchange(&value, 99, 1);
  printf("compare exchange that differs: returned %ld left %ld\n", result, value);
  result = InterlockedCompareExchange(&value, 99, -5);
  printf("compare exchange that matches: returned %ld left %ld\n", result, value);
  result = InterlockedAnd(&value, 0x0f);
  printf("and: returned %ld left %ld\n", result, value);
  result = InterlockedOr(&value, 0xf0);
  printf("or: returned %ld left %ld\n", result, value);
  result = InterlockedXor(&value, 0xff);
  printf("xor: returned %ld left %ld\n", result, value);
  result = InterlockedAdd(&value, 8);
  printf("add: returned %ld left %ld\n", result, value);

  LONG64 wide = 0x100000000LL, wide_result;
  wide_result = InterlockedIncrement64(&wide);
  printf("64: increment returned %lld\n", wide_result);
  wide_result = InterlockedDecrement64(&wide);
  printf("64: decrement returned %lld\n", wide_result);
  wide_result = InterlockedExchange64(&wide, -1);
  printf("64: exchange returned %lld left %lld\n", wide_result, wide);
  wide_result = InterlockedCompareExchange64(&wide, 5, -1);
  printf("64: compare exchange returned %lld left %lld\n", wide_result, wide);

  wide = 0xff00ff00ff00ff00LL;
  wide_result = InterlockedAnd64(&wide, 0x0fffffffffffffffLL);
  printf("64: and returned %llx left %llx\n", wide_result, wide);
  wide_result = InterlockedOr64(&wide, 0xf0);
  printf("64: or returned %llx left %llx\n", wide_result, wide);
  wide_result = InterlockedXor64(&wide, -1);
  printf("64: xor returned %llx left %llx\n", wide_result, wide);
  wide_result = InterlockedAdd64(&wide, 1);
  printf("64: add returned %llx left %llx\n", wide_result, wide);

  small_and_bits();
  YieldProcessor();

  int a, b;
  PVOID old = InterlockedExchangePointer(&slot, &a);
  printf("pointer: was NULL %d\n", old == NULL);
  old = InterlockedCompareExchangePointer(&slot, &b, NULL);
  printf("pointer: refused %d\n", old == &a && slot == &a);
  old = InterlockedCompareExchangePointer(&slot, &b, &a);
  printf("pointer: taken %d\n", old == &a && slot == &b);

  value = 0x7fffffff;
  printf("wraps: %ld\n", InterlockedIncrement(&value));
  MemoryBarrier();

  HANDLE threads[3];
  for (int i = 0; i < 3; i++) threads[i] = CreateThread(NULL, 0, adds, NULL, 0, NULL);
  WaitForMultipleObjects(3, threads, TRUE, INFINITE);
  for (int i = 0; i < 3; i++) CloseHandle(threads[i]);
  printf("three threads: %ld %lld\n", shared, shared64);
  return 0;
}
