// Winsock 1.1 is a part of what <winsock2.h> has.
#pragma once

#include "winsock2.h"
