// Comes before every file of the C layers when tools/cc compiles them: their functions are in a section of their own,
// so that a thread which is to be stopped can tell whether it is in the program or in here (CWin32/src/thread_stops.c).
#pragma once
#pragma clang section text = "lw_layer"
