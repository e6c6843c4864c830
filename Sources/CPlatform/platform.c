// The header holds everything; this file gives the target something to compile.
#include "platform.h"
