// Names that Windows leaves to the program, though other systems' C libraries have them; and what mingw's <unistd.h>
// and <io.h> offer.
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

int index = 3, pipe = 4, link, wait = 5, poll, kill = 6;
HANDLE socket_event;

static int getline(char *to, int room) {
  snprintf(to, (size_t)room, "a line");
  return (int)strlen(to);
}

int connect(int from, int to) { return from * 10 + to; }
int send(const char *text) { return (int)strlen(text); }
static long random(void) { return 7; }
void pause(void) { link++; }

int main(void) {
  char line[16];
  pause();
  printf("%d %d %d %d %d %d\n", index, pipe, link, wait, poll, kill);
  int length = getline(line, sizeof line);
  printf("%d %d %d %ld\n", length, connect(1, 2), send(line), random());
  printf("pid: %d\n", (DWORD)getpid() == GetCurrentProcessId());
  int file = open("names.tmp", O_CREAT | O_RDWR | O_BINARY, 0600);
  printf("write: %d", (int)write(file, "0123456789", 10));
  printf(" seek: %ld", (long)lseek(file, 4, SEEK_SET));
  printf(" read: %d", (int)read(file, line, 3));
  printf(" [%.3s] close: %d\n", line, close(file));
  printf("access: %d", access("names.tmp", F_OK));
  printf(" unlink: %d", unlink("names.tmp"));
  printf(" access: %d\n", access("names.tmp", F_OK));
  printf("terminal: %d binary: %d\n", isatty(fileno(stdout)) != 0, _setmode(_fileno(stdout), _O_BINARY) == -1);

  // The system's own calls go on as before.
  HANDLE in, out;
  DWORD bytes = 0;
  CreatePipe(&in, &out, NULL, 0);
  WriteFile(out, "x", 1, &bytes, NULL);
  CloseHandle(out);
  BOOL done = ReadFile(in, line, 16, &bytes, NULL);
  printf("pipe: %d %lu\n", done, bytes);
  CloseHandle(in);
  return 0;
}
