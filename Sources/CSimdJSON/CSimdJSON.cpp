#include <simdjson.h>
extern "C" int csj_placeholder(void) { return 1; }
