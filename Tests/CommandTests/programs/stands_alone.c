// Ends with 1 where what is sent to the command's process group, as by Ctrl-C, would end this program too.
#include <unistd.h>

int main(void) { return getpgrp() == getpgid(getppid()); }
