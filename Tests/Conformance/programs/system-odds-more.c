// Interlocked lists, wsprintf, local file times, environment in wide text.
#include <stdio.h>
#include <string.h>
#include <windows.h>

typedef struct item {
  SLIST_ENTRY link;
  int number;
} item;

static SLIST_HEADER list;
static item items[400];
static LONG popped[400];

static DWORD WINAPI push_all(LPVOID parameter) {
  int from = (int)(ULONG_PTR)parameter;
  for (int i = from; i < from + 100; i++) InterlockedPushEntrySList(&list, &items[i].link);
  return 0;
}

static DWORD WINAPI pop_some(LPVOID parameter) {
  DWORD count = 0;
  (void)parameter;
  while (count < 200) {
    item *taken = (item *)InterlockedPopEntrySList(&list);
    if (!taken) {
      Sleep(0);
      continue;
    }
    InterlockedIncrement(&popped[taken->number]);
    count++;
  }
  return count;
}

static void lists(void) {
  HANDLE threads[6];
  InitializeSListHead(&list);
  printf("empty: %d %d\n", InterlockedPopEntrySList(&list) == NULL, QueryDepthSList(&list));
  for (int i = 0; i < 3; i++) {
    items[i].number = i;
    printf("push: %d\n", InterlockedPushEntrySList(&list, &items[i].link) == (i ? &items[i - 1].link : NULL));
  }
  printf("depth: %d", QueryDepthSList(&list));
  printf(" pop: %d", ((item *)InterlockedPopEntrySList(&list))->number);
  SLIST_ENTRY *all = InterlockedFlushSList(&list);
  printf(" rest: %d %d end %d depth %d\n", ((item *)all)->number, ((item *)all->Next)->number, all->Next->Next == NULL,
         QueryDepthSList(&list));
  for (int i = 0; i < 400; i++) items[i].number = i;
  for (int i = 0; i < 4; i++) threads[i] = CreateThread(NULL, 0, push_all, (LPVOID)(ULONG_PTR)(i * 100), 0, NULL);
  for (int i = 4; i < 6; i++) threads[i] = CreateThread(NULL, 0, pop_some, NULL, 0, NULL);
  WaitForMultipleObjects(6, threads, TRUE, INFINITE);
  int once = 0;
  for (int i = 0; i < 400; i++) once += popped[i] == 1;
  printf("popped once: %d, depth %d\n", once, QueryDepthSList(&list));
  for (int i = 0; i < 6; i++) CloseHandle(threads[i]);
}

static void text(void) {
  char narrow[1200];
  WCHAR wide[64], small[4];
  int count =
      wsprintfA(narrow, "%s %d %u %x %c %ld %08lX %5s|%-5s|", "text", -5, 7u, 255, 'c', 70000L, 0xABCL, "ab", "cd");
  printf("%d [%s]\n", count, narrow);
  count = wsprintfW(wide, L"%s-%d", L"wide", 12);
  printf("%d [%ls]\n", count, wide);
  printf("scaled: %d %d %d\n", MulDiv(7, 3, 2), MulDiv(-7, 3, 2), MulDiv(1, 2, 0));
  SetEnvironmentVariableW(L"ODDS", L"value");
  DWORD need = ExpandEnvironmentStringsW(L"<%ODDS%> %NONE%", wide, 64);
  printf("expanded: %lu [%ls]\n", need, wide);
  printf("in little room: %d\n", ExpandEnvironmentStringsW(L"<%ODDS%>", small, 4) >= 8);
}

int main(void) {
  FILETIME time = {1234567, 30000000}, local, back;
  lists();
  text();
  printf("local time: %d", FileTimeToLocalFileTime(&time, &local));
  printf(" %d\n", LocalFileTimeToFileTime(&local, &back));
  return 0;
}
